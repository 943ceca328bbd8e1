//! The contract by example: `cargo test` in this folder runs it.

use bank_balance::{Bank, BankError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

#[test]
fn a_transfer_moves_the_amount_or_nothing() {
    let bank = Bank::new([10_000, 2_500]);
    assert_eq!(bank.transfer(0, 1, 4_000), Ok(()));
    assert_eq!(bank.balance(0), Ok(6_000));
    assert_eq!(bank.balance(1), Ok(6_500));

    let refused = BankError::Insufficient {
        balance: 6_000,
        requested: 6_001,
    };
    assert_eq!(bank.transfer(0, 1, 6_001), Err(refused.clone()));
    assert_eq!(bank.transfer(0, 0, 6_001), Err(refused));
    assert_eq!(bank.transfer(0, 2, 1), Err(BankError::NoSuchAccount(2)));
    assert_eq!(bank.balance(0), Ok(6_000));
    assert_eq!(bank.balance(1), Ok(6_500));
    assert_eq!(bank.total(), Ok(12_500));
}

#[test]
fn two_tellers_share_a_bank() {
    let bank = Bank::new([0]);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..1000 {
                    bank.update(0, |cents| *cents += 1).unwrap();
                }
            });
        }
    });
    assert_eq!(bank.balance(0), Ok(2000));
}

#[test]
fn opposite_transfers_both_finish() {
    let bank = Bank::new([10_000, 10_000]);
    thread::scope(|scope| {
        for (from, to) in [(0, 1), (1, 0)] {
            let bank = &bank;
            scope.spawn(move || {
                for _ in 0..1000 {
                    bank.transfer(from, to, 10).unwrap();
                }
            });
        }
    });
    assert_eq!(bank.total(), Ok(20_000));
}

#[test]
fn a_panic_poisons_an_account_until_it_is_repaired() {
    let bank = Bank::new([100, 50]);
    let change = |cents: &mut u64| {
        *cents = 0;
        panic!("the teller drops the cash box (this panic is part of the example)");
    };
    let panicked = catch_unwind(AssertUnwindSafe(|| bank.update(0, change)));
    assert!(panicked.is_err());

    assert_eq!(bank.balance(0), Err(BankError::Poisoned(0)));
    assert_eq!(bank.transfer(1, 0, 10), Err(BankError::Poisoned(0)));
    assert_eq!(bank.balance(1), Ok(50));

    assert_eq!(bank.repair(0, 100), Ok(()));
    assert_eq!(bank.transfer(1, 0, 10), Ok(()));
    assert_eq!(bank.total(), Ok(150));
}
