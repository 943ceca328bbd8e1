//! The deciding side of every suite: reads requests, writes replies, knows no paths and
//! starts nothing.
//!
//! A panic in a suite is the suite's fault and is reported as such; it is never a pass.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use suite::protocol::{JudgeRequest, PlanRequest, PlannedCase, Reply, Request, receive, send};
use suite::{Case, Half, Rng};

mod suites {
    #![allow(
        missing_docs,
        unused_imports,
        clippy::pedantic,
        unreachable_pub,
        clippy::unwrap_used,
        reason = "suites are written for authors, who test them with `cargo test`"
    )]
    include!(concat!(env!("OUT_DIR"), "/suites.rs"));
}

fn main() -> ExitCode {
    panic::set_hook(Box::new(|_| ()));
    let (mut requests, mut replies) = (io::stdin().lock(), io::stdout().lock());
    loop {
        let request = match receive(&mut requests) {
            Ok(request) => request,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return ExitCode::SUCCESS,
            Err(_) => return ExitCode::FAILURE,
        };
        if send(&mut replies, &answer(request)).is_err() {
            return ExitCode::FAILURE;
        }
    }
}

fn answer(request: Request) -> Reply {
    let reply = panic::catch_unwind(AssertUnwindSafe(|| match request {
        Request::Plan(request) => plan(&request),
        Request::Judge(request) => judge(&request),
    }));
    reply.unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        let text = text.or_else(|| {
            payload
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
        });
        Reply::Panicked(text.unwrap_or_default())
    })
}

fn cases(kata: &str) -> Option<&'static [Case]> {
    let (_, cases) = suites::SUITES.iter().find(|(id, _)| *id == kata)?;
    Some(cases)
}

fn plan(request: &PlanRequest) -> Reply {
    let Some(cases) = cases(&request.kata) else {
        return Reply::Unknown(request.kata.clone());
    };
    let planned = cases.iter().map(|case| PlannedCase {
        name: case.name.to_owned(),
        title: case.title.to_owned(),
        points: case.points,
        claims: matches!(case.half, Half::Act { claims: true, .. }),
        input: match case.half {
            Half::Act { draw, .. } => Some(draw(Rng::new(request.seed, &request.kata, case.name))),
            Half::Refused => None,
        },
    });
    Reply::Plan(planned.collect())
}

fn judge(request: &JudgeRequest) -> Reply {
    let case = cases(&request.kata)
        .into_iter()
        .flatten()
        .find(|case| case.name == request.case);
    match case.map(|case| case.half) {
        Some(Half::Act { judge, .. }) => {
            let rng = Rng::new(request.seed, &request.kata, &request.case);
            Reply::Judged(judge(rng, &request.answer))
        }
        _ => Reply::Unknown(format!("{}/{}", request.kata, request.case)),
    }
}
