//! The main function of an oracle: one suite's deciding half as a program of its own.

use crate::protocol::{DescribeRequest, JudgeRequest, PlannedCase, Reply, Request, receive, send};
use crate::{Case, Excerpt, Half, Rng};
use std::any::Any;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

/// Answers requests on standard input with replies on standard output, until there are no more.
///
/// A panic in the suite is reported as the suite's own fault; it is never a pass.
#[must_use]
pub fn serve(kata: &str, cases: &[Case]) -> ExitCode {
    panic::set_hook(Box::new(|_| ()));
    let (mut requests, mut replies) = (io::stdin().lock(), io::stdout().lock());
    loop {
        let request = match receive(&mut requests) {
            Ok(request) => request,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return ExitCode::SUCCESS,
            Err(_) => return ExitCode::FAILURE,
        };
        let reply = panic::catch_unwind(AssertUnwindSafe(|| answer(kata, cases, &request)));
        let reply = reply.unwrap_or_else(|payload| Reply::Panicked(message(&*payload)));
        if send(&mut replies, &reply).is_err() {
            return ExitCode::FAILURE;
        }
    }
}

fn answer(kata: &str, cases: &[Case], request: &Request) -> Reply {
    match request {
        Request::Plan(seed) => {
            let planned = cases.iter().map(|case| plan(kata, case, *seed));
            Reply::Plan(planned.collect())
        }
        Request::Judge(request) => judge(kata, cases, request),
        Request::Describe(request) => describe(kata, cases, request),
    }
}

fn plan(kata: &str, case: &Case, seed: u64) -> PlannedCase {
    let (input, claims) = match case.half {
        Half::Act { draw, claims, .. } => (Some(draw(Rng::new(seed, kata, case.name))), claims),
        Half::CompileFail => (None, false),
    };
    PlannedCase {
        name: case.name.to_owned(),
        title: case.title.to_owned(),
        points: case.points,
        claims,
        input,
    }
}

fn judge(kata: &str, cases: &[Case], request: &JudgeRequest) -> Reply {
    let case = cases.iter().find(|case| case.name == request.case);
    match case.map(|case| case.half) {
        Some(Half::Act { judge, .. }) => {
            let rng = Rng::new(request.seed, kata, &request.case);
            Reply::Judged(judge(rng, &request.answer))
        }
        _ => Reply::Unknown(request.case.clone()),
    }
}

fn describe(kata: &str, cases: &[Case], request: &DescribeRequest) -> Reply {
    let case = cases.iter().find(|case| case.name == request.case);
    match case.map(|case| case.half) {
        Some(Half::Act { describe, .. }) => {
            let rng = Rng::new(request.seed, kata, &request.case);
            let reached = request
                .reached
                .and_then(|index| usize::try_from(index).ok());
            Reply::Described(describe(rng, reached))
        }
        _ => Reply::Unknown(request.case.clone()),
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    Excerpt::new(text.unwrap_or_default()).to_string()
}
