//! What is easily mistaken for another: methods of one shape, variants of enums of the standard
//! library.

/// Methods that take and give the same; each group is tried with each other member.
const METHODS: &[&[&str]] = &[
    &["notify_one", "notify_all"],
    &["min", "max"],
    &["first", "last"],
    &["any", "all"],
    &["take", "skip"],
    &["take_while", "skip_while", "filter"],
    &["push_front", "push_back"],
    &["pop_front", "pop_back"],
    &["starts_with", "ends_with", "contains"],
    &["find", "rfind", "position"],
    &["split_once", "rsplit_once"],
    &["split", "rsplit"],
    &["trim_start", "trim_end", "trim"],
    &["is_some", "is_none"],
    &["is_ok", "is_err"],
    &["floor", "ceil", "round", "trunc"],
    &["saturating_add", "wrapping_add"],
    &["saturating_sub", "wrapping_sub"],
    &["read_exact", "read"],
    &["write_all", "write"],
    &["recv", "try_recv"],
    &["lock", "try_lock"],
    &["read", "write"],
    &["and", "or"],
    &["and_then", "map"],
    &["fetch_add", "fetch_sub"],
    &["fetch_max", "fetch_min"],
    &["chars", "bytes"],
    &["sort", "reverse"],
    &["sort_by_key", "sort_unstable_by_key"],
    &["insert", "remove"],
    &["extend", "clone_from"],
    &["values", "keys"],
    &["get", "remove"],
    &["to_lowercase", "to_uppercase"],
];

/// Enums of the standard library that solutions use.
pub(super) const ENUMS: &[(&str, &[&str])] = &[
    (
        "ErrorKind",
        &[
            "NotFound",
            "InvalidData",
            "InvalidInput",
            "UnexpectedEof",
            "BrokenPipe",
            "Other",
        ],
    ),
    ("Ordering", &["Less", "Equal", "Greater"]),
];

/// The methods that are easily mistaken for this one.
pub(super) fn methods(name: &str) -> Vec<&'static str> {
    let groups = METHODS.iter().filter(|group| group.contains(&name));
    let others = groups.flat_map(|group| group.iter().copied());
    others.filter(|other| *other != name).collect()
}
