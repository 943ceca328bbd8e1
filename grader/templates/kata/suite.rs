use suite::suite;

// docs/authoring.md explains the form.
suite!(acting = {}, deciding = {},);
