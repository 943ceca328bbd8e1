//! A bank where no deposit is lost, and nobody waits for ever.

use std::error::Error;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Why the bank refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BankError {
    /// The bank has no account of this number.
    NoSuchAccount(usize),
    /// The giving account holds less than it should give.
    Insufficient {
        /// What it holds.
        balance: u64,
        /// What it should give.
        requested: u64,
    },
    /// A thread panicked while it was using this account.
    Poisoned(usize),
}

impl fmt::Display for BankError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchAccount(account) => write!(f, "there is no account {account}"),
            Self::Insufficient { balance, requested } => {
                write!(f, "{requested} cents asked for, {balance} there")
            }
            Self::Poisoned(account) => write!(f, "account {account} may be wrong"),
        }
    }
}

impl Error for BankError {}

/// Accounts in cents, numbered from 0. All of them together fit in a `u64`.
#[derive(Debug)]
pub struct Bank {
    accounts: Vec<Mutex<u64>>,
}

impl Bank {
    /// A bank with one account for each of these balances.
    pub fn new(balances: impl IntoIterator<Item = u64>) -> Self {
        let accounts = balances.into_iter().map(Mutex::new).collect();
        Self { accounts }
    }

    /// What the account holds.
    pub fn balance(&self, account: usize) -> Result<u64, BankError> {
        self.lock(account).map(|cents| *cents)
    }

    /// Runs `change` while nobody else can see or touch this account.
    pub fn update<R>(
        &self,
        account: usize,
        change: impl FnOnce(&mut u64) -> R,
    ) -> Result<R, BankError> {
        // The guard lives until the end of this function, so nobody can come between what
        // `change` reads and what it writes. Copying the balance out, changing the copy and
        // storing it would be `Load` and `Store` all over again.
        let mut cents = self.lock(account)?;
        Ok(change(&mut cents))
    }

    /// Moves `amount`, or nothing at all. No caller ever sees money missing or doubled.
    pub fn transfer(&self, from: usize, to: usize, amount: u64) -> Result<(), BankError> {
        // Before any waiting, and in the order that the contract names.
        self.find(from)?;
        self.find(to)?;

        // Everybody takes the lower number first. So whoever waits holds only lower numbers
        // than the one waited for, and nobody can wait in a circle.
        let mut lower = self.lock(from.min(to))?;
        if from == to {
            // A second `lock` of the same account would wait for this very thread.
            return withdrawn(*lower, amount).map(drop);
        }
        let mut higher = self.lock(from.max(to))?;

        // Which lock came first has nothing to do with which way the money goes.
        let (giver, taker) = if from < to {
            (&mut *lower, &mut *higher)
        } else {
            (&mut *higher, &mut *lower)
        };
        // Looked at only now, while nobody else can take it away.
        *giver = withdrawn(*giver, amount)?;
        *taker += amount;
        Ok(())
    }

    /// The sum of all accounts at one instant.
    pub fn total(&self) -> Result<u64, BankError> {
        // Collected, because all guards must be alive at the same time: summing up in one go
        // would drop each guard before the next, and money could move from an account not
        // yet counted to one already counted. In the same order as everywhere.
        let accounts: Vec<_> = (0..self.accounts.len())
            .map(|account| self.lock(account))
            .collect::<Result<_, _>>()?;
        Ok(accounts.iter().map(|cents| **cents).sum())
    }

    /// Gives an account a known balance, and makes it usable again if it was poisoned.
    pub fn repair(&self, account: usize, balance: u64) -> Result<(), BankError> {
        let account = self.find(account)?;
        // The one place where a poisoned guard is welcome, because what it guards is replaced.
        // It is held until the mark is gone: nobody finds the old balance without the mark.
        let mut cents = account.lock().unwrap_or_else(PoisonError::into_inner);
        *cents = balance;
        account.clear_poison();
        Ok(())
    }

    fn find(&self, account: usize) -> Result<&Mutex<u64>, BankError> {
        let found = self.accounts.get(account);
        found.ok_or(BankError::NoSuchAccount(account))
    }

    /// Waits for an account and keeps it as long as the guard lives.
    fn lock(&self, account: usize) -> Result<MutexGuard<'_, u64>, BankError> {
        let found = self.find(account)?.lock();
        // A panic in `change` is not ours to forgive: the balance may be half changed.
        found.map_err(|_| BankError::Poisoned(account))
    }
}

/// What is left of `balance` when `amount` is taken.
fn withdrawn(balance: u64, amount: u64) -> Result<u64, BankError> {
    let left = balance.checked_sub(amount);
    left.ok_or(BankError::Insufficient {
        balance,
        requested: amount,
    })
}
