//! Stands for the given `worker.rs`, which the grader puts beside each of these files: rustfmt
//! wants to find every module that a file names.
