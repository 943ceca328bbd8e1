//! The main function of a driver.

use crate::channel::Channel;
use crate::settle::program;
use crate::{Log, Panic, Settled, install_listener, install_referee, set_program};
use std::panic::{self, PanicHookInfo};
use std::process::{Command, ExitCode};
use std::sync::Arc;

/// The acting half of one case.
#[derive(Clone, Copy)]
pub struct Act {
    /// The case's name.
    pub name: &'static str,
    /// Runs it on an encoded input; `None` if the input is not the case's.
    pub run: fn(&[u8], &Log) -> Option<Vec<u8>>,
}

/// A program that a case can start as a child process.
#[derive(Clone, Copy)]
pub struct Role {
    /// The name given to [`role`].
    pub name: &'static str,
    /// Its main function.
    pub run: fn(),
}

/// A command that starts a role of this suite (`roles = [name, …]`) as a child process.
#[must_use]
pub fn role(name: &str) -> Command {
    let mut command = Command::new(program());
    command.args(["--role", name]);
    command
}

/// Runs the one case that the grader asks for, or a role.
#[must_use]
pub fn serve(cases: &[Act], roles: &[Role]) -> ExitCode {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() == Some("--role") {
        return play(roles, &args.next().unwrap_or_default());
    }
    match act(cases) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn play(roles: &[Role], name: &str) -> ExitCode {
    let Some(role) = roles.iter().find(|role| role.name == name) else {
        return ExitCode::FAILURE;
    };
    (role.run)();
    ExitCode::SUCCESS
}

fn act(cases: &[Act]) -> std::io::Result<()> {
    let (channel, start) = Channel::take()?;
    let channel = Arc::new(channel);
    set_program(start.program);
    report_panics(&channel);
    answer_settle(&channel);
    let listening = Arc::clone(&channel);
    install_listener(Box::new(move |index| listening.reached(index)));

    let act = cases
        .iter()
        .find(|act| act.name == start.case)
        .ok_or_else(|| std::io::Error::other("no such case"))?;
    let log = Log::new();
    let value = (act.run)(&start.input, &log)
        .ok_or_else(|| std::io::Error::other("the input is not this case's"))?;
    channel.report_files();
    channel.answer(value, &log.take())
}

fn report_panics(channel: &Arc<Channel>) {
    let channel = Arc::clone(channel);
    panic::set_hook(Box::new(move |info| {
        channel.report_files();
        channel.report_threads();
        channel.panicked(describe(info));
    }));
}

fn answer_settle(channel: &Arc<Channel>) {
    let channel = Arc::clone(channel);
    install_referee(Box::new(move || {
        channel.settle().map_or(Settled::Still, Settled::Restless)
    }));
}

fn describe(info: &PanicHookInfo<'_>) -> Panic {
    let (file, line, column) = info.location().map_or((String::new(), 0, 0), |place| {
        (place.file().to_owned(), place.line(), place.column())
    });
    let message = info.payload_as_str().unwrap_or("(not a text)");
    Panic {
        thread: short(std::thread::current().name().unwrap_or("unnamed")),
        file,
        line,
        column,
        message: short(message),
    }
}

/// So that it fits in a frame.
fn short(text: &str) -> String {
    text.chars().take(4096).collect()
}
