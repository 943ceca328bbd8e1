//! Generic code that many suites use, compiled here once.
//!
//! Without optimisation rustc takes an instance of a generic function from any crate it depends
//! on that already has it. Every grade compiles a driver; what is instantiated here, none of them
//! compiles again. Nothing here is ever called.

use crate::{Log, Wire, spawn, spawn_scoped};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// Instantiates what it names.
#[doc(hidden)]
pub fn instantiated() {
    lists::<u8>();
    lists::<u32>();
    lists::<u64>();
    lists::<i64>();
    lists::<usize>();
    lists::<bool>();
    lists::<String>();
    lists::<(String, String)>();
    lists::<Option<String>>();
    lists::<Vec<u8>>();
    lists::<Vec<String>>();
    lists::<Result<(), String>>();
    lists::<Result<u64, String>>();
    sets::<i64>();
    sets::<u64>();
    sets::<String>();
    channels();
    threads::<()>();
    threads::<String>();
    threads::<Vec<String>>();
    texts(&Log::new());
}

/// A value of any type, as far as the compiler can tell.
fn any<T: Wire>() -> Option<T> {
    T::from_bytes(&[])
}

fn lists<T: Wire + Clone + PartialEq>() {
    let (Some(mut list), Some(item)) = (any::<Vec<T>>(), any::<T>()) else {
        return;
    };
    list.push(item.clone());
    list.insert(0, item);
    drop((
        list.pop(),
        list.remove(0),
        list.clone() == list,
        list.is_empty(),
    ));
    let copy: Vec<T> = list.iter().cloned().collect();
    list.extend(copy);
    list.extend_from_slice(&list.clone());
    drop((list.to_bytes(), list.first().cloned(), Some(list.clone())));
    for item in &list {
        drop((item.clone(), Some(item.clone()).to_bytes()));
    }
    for item in list {
        drop(Some(item));
    }
    drop((any::<Option<T>>(), any::<Option<Vec<T>>>()));
}

fn sets<T: Wire + Ord + Clone>() {
    let Some(mut set) = any::<BTreeSet<T>>() else {
        return;
    };
    let again: BTreeSet<T> = set.iter().cloned().collect();
    set.extend(again);
    let mut map: BTreeMap<T, T> = set.iter().cloned().zip(set.clone()).collect();
    drop((set.to_bytes(), map.to_bytes(), map.pop_first()));
}

fn channels() {
    let (sender, receiver) = mpsc::channel::<()>();
    drop((sender.clone().send(()), sender));
    drop((
        receiver.recv(),
        receiver.try_recv(),
        receiver.recv_timeout(Duration::ZERO),
    ));
    receiver.into_iter().for_each(drop);
}

fn threads<T: Wire + Send>()
where
    T: 'static,
{
    let body = || any::<T>().unwrap_or_else(|| crate::unwind());
    let slot = Arc::new(Mutex::new(any::<T>()));
    drop(slot.lock().unwrap_or_else(PoisonError::into_inner).take());
    drop(spawn("", body).join());
    thread::scope(|scope| drop(spawn_scoped(scope, "", body).join()));
}

fn texts(log: &Log) {
    log.event("", 0);
    log.event(String::new(), 0);
    let words: Vec<String> = "".split(' ').map(str::to_owned).collect();
    drop((words.join(", "), words.concat()));
}
