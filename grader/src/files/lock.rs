//! Locks between graders: advisory, on files that hold nothing else, gone with their process.

use super::regular;
use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How often a lock that somebody else holds is tried again.
const PAUSE: Duration = Duration::from_millis(10);

/// A lock on a file of its own. Dropping it gives it up.
#[derive(Debug)]
pub(crate) struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock, which only one process has at a time; waits for `patience` at most.
    ///
    /// # Errors
    /// What the file system says, and [`io::ErrorKind::TimedOut`].
    pub(crate) fn exclusive(path: &Path, patience: Duration) -> io::Result<Self> {
        let file = regular::open_or_create(path)?;
        let until = Instant::now() + patience;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) if Instant::now() < until => thread::sleep(PAUSE),
                Err(TryLockError::WouldBlock) => return Err(io::ErrorKind::TimedOut.into()),
            }
        }
    }

    /// Takes the lock together with all others who share it, if nobody has it alone.
    pub(crate) fn shared(path: &Path) -> io::Result<Self> {
        let file = regular::open_or_create(path)?;
        file.try_lock_shared()?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_it_alone_or_many_share_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let alone = || Lock::exclusive(&path, Duration::ZERO);
        let held = alone().unwrap();
        assert_eq!(alone().unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert!(Lock::shared(&path).is_err());
        drop(held);
        let shared = [(); 2].map(|()| Lock::shared(&path).unwrap());
        assert!(alone().is_err());
        drop(shared);
        assert!(alone().is_ok());
    }

    #[test]
    fn who_waits_gets_it_when_it_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let held = Lock::exclusive(&path, Duration::ZERO).unwrap();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| Lock::exclusive(&path, Duration::from_mins(1)));
            drop(held);
            assert!(waiting.join().unwrap().is_ok());
        });
    }
}
