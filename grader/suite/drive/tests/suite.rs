//! What the acting flavour of `suite!` makes of a case.

use suite_drive::{Log, Wire, suite};

suite!(
    roles = [],
    doubled = case(
        "A number is doubled, and noted.",
        points = 1,
        input = |_rng| -> (u8, String) { nothing_of_this_is_compiled },
        drive = |(number, what), log| -> u32 {
            log.event(what, u64::from(number));
            u32::from(number) * 2
        },
        judge = |_, _, _events| { nothing_of_this_is_compiled },
    ),
    refused = compile_fail(
        "A program is refused.",
        points = 1,
        fails = { nothing_of_this_is_compiled },
        compiles = { nothing_of_this_is_compiled },
    ),
);

#[test]
fn a_case_takes_its_own_input_only_and_gives_an_encoded_report() {
    let log = Log::new();
    let run = CASES[0].run;
    let input = (4_u8, "noted".to_owned()).to_bytes();
    let longer = [input.as_slice(), &[0]].concat();
    for damaged in [&input[1..], &longer] {
        assert_eq!(run(damaged, &log), None);
        assert!(log.take().is_empty(), "it was driven all the same");
    }
    assert_eq!(run(&input, &log), Some(8_u32.to_bytes()));
    assert!(log.has("noted"));
}

#[test]
fn a_program_that_must_not_compile_has_an_entry_and_nothing_to_run() {
    let names: Vec<&str> = CASES.iter().map(|act| act.name).collect();
    assert_eq!(names, ["doubled", "refused"]);
    assert_eq!((CASES[1].run)(&[], &Log::new()), None);
}
