//! Generic code that many suites use, compiled here once.
//!
//! Without optimisation, rustc takes an instance of a generic function from any crate it depends
//! on that already has it. Every grade compiles a driver, and none of them compiles again what is
//! instantiated here. Nothing here is ever called.

use crate::{Log, Wire, spawn, spawn_scoped, unwind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// Public, because nothing is compiled for a function that nobody can call.
#[doc(hidden)]
pub fn instances() {
    lists::<bool>();
    lists::<u8>();
    lists::<u32>();
    lists::<u64>();
    lists::<i64>();
    lists::<usize>();
    lists::<String>();
    lists::<Vec<u8>>();
    lists::<Vec<String>>();
    lists::<Option<String>>();
    lists::<Result<(), String>>();
    lists::<Result<u64, String>>();
    lists::<(String, String)>();
    sets::<u64>();
    sets::<i64>();
    sets::<String>();
    threads::<()>();
    threads::<String>();
    threads::<Vec<String>>();
    channel();
    texts(&Log::new());
}

fn lists<T: Wire + Clone + PartialEq>() {
    let (mut list, item) = (any::<Vec<T>>(), any::<T>());
    list.push(item.clone());
    list.insert(0, item);
    drop((list.pop(), list.remove(0), list.first().cloned()));
    drop((list.clone() == list, list.is_empty(), list.to_bytes()));
    let copy = list.clone();
    list.extend_from_slice(&copy);
    list.extend(copy);
    for item in &list {
        drop(Some(item.clone()).to_bytes());
    }
    for item in list {
        drop(Some(item));
    }
    drop((any::<Option<T>>(), any::<Option<Vec<T>>>()));
}

fn sets<T: Wire + Clone + Ord>() {
    let mut set = any::<BTreeSet<T>>();
    let copy: BTreeSet<T> = set.iter().cloned().collect();
    set.extend(copy);
    let mut map: BTreeMap<T, T> = set.iter().cloned().zip(set.clone()).collect();
    drop((set.to_bytes(), map.to_bytes(), map.pop_first()));
}

fn threads<T: Wire + Send + 'static>() {
    let value = Arc::new(Mutex::new(any::<Option<T>>()));
    drop(value.lock().unwrap_or_else(PoisonError::into_inner).take());
    drop(spawn("", any::<T>).join());
    thread::scope(|scope| drop(spawn_scoped(scope, "", any::<T>).join()));
}

fn channel() {
    let (sender, receiver) = mpsc::channel::<()>();
    drop((sender.clone().send(()), sender));
    let _ = (receiver.recv(), receiver.try_recv());
    let _ = receiver.recv_timeout(Duration::ZERO);
    receiver.into_iter().for_each(drop);
}

fn texts(log: &Log) {
    log.event("", 0);
    log.event(String::new(), 0);
    let words: Vec<String> = "".split(' ').map(str::to_owned).collect();
    drop((words.join(", "), words.concat()));
}

/// Stands for a value of any type.
fn any<T: Wire>() -> T {
    match T::from_bytes(&[]) {
        Some(value) => value,
        None => unwind(),
    }
}
