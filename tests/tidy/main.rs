//! House rules. Each failure says what to do about it.

#![cfg(test)]

mod code;
mod files;
mod katas;
mod layers;
mod manifests;
mod map;
mod places;
mod tokens;
