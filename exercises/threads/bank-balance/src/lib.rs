//! A bank whose tellers never lose a deposit and never wait for each other for ever.

use std::error::Error;
use std::fmt;
use std::sync::Mutex;

/// Why a bank cannot do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BankError {
    /// There is no account with this number.
    NoSuchAccount(usize),
    /// The account holds less than was asked for. Amounts are in cents.
    Insufficient {
        /// What the account holds.
        balance: u64,
        /// What was asked for.
        requested: u64,
    },
    /// A thread panicked while it held this account.
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

/// Accounts in cents, numbered from 0; all of them together fit in a `u64`.
#[derive(Debug)]
pub struct Bank {
    accounts: Vec<Mutex<u64>>,
}

impl Bank {
    /// A bank with one account for each balance.
    pub fn new(balances: impl IntoIterator<Item = u64>) -> Self {
        Self {
            accounts: balances.into_iter().map(Mutex::new).collect(),
        }
    }

    /// What an account holds.
    pub fn balance(&self, account: usize) -> Result<u64, BankError> {
        let _ = &self.accounts;
        todo!("the balance of account {account}")
    }

    /// Runs `change` on the balance while nobody else can see or touch this account.
    pub fn update<R>(
        &self,
        account: usize,
        change: impl FnOnce(&mut u64) -> R,
    ) -> Result<R, BankError> {
        let _ = change;
        todo!("update account {account}")
    }

    /// Moves `amount`, or nothing at all. No caller ever sees money missing or doubled.
    pub fn transfer(&self, from: usize, to: usize, amount: u64) -> Result<(), BankError> {
        todo!("move {amount} cents from account {from} to account {to}")
    }

    /// The sum of all accounts at one instant.
    pub fn total(&self) -> Result<u64, BankError> {
        todo!("the sum of all accounts")
    }

    /// Sets a poisoned account to a known balance and makes it usable again.
    pub fn repair(&self, account: usize, balance: u64) -> Result<(), BankError> {
        todo!("repair account {account} with {balance} cents")
    }
}
