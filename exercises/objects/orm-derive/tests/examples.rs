//! The contract by example: `cargo test` in this folder runs it.
//!
//! This program uses your derive, so it compiles only when `expand` returns code that does.

#![allow(dead_code, reason = "until your code reads the fields, nothing does")]

use orm::{Model, Value};

#[derive(Model)]
struct User {
    id: i64,
    #[orm(column = "username")]
    name: String,
    email: Option<String>,
    #[orm(skip)]
    cache: Vec<u8>,
}

#[derive(Model)]
#[orm(table = "kinds")]
struct Kind {
    r#type: String,
    visible: bool,
}

#[test]
fn columns_are_the_fields_in_their_order() {
    let names: Vec<&str> = User::COLUMNS.iter().map(|column| column.name).collect();
    assert_eq!(names, ["id", "username", "email"]);
    assert_eq!(
        User::create_table_sql(),
        r#"create table "User" ("id" bigint not null,"username" varchar(100) not null,"email" varchar(100))"#
    );
}

#[test]
fn a_row_has_a_value_for_every_column() {
    let user = User {
        id: 12345,
        name: "Michael".to_owned(),
        email: None,
        cache: vec![1, 2, 3],
    };
    assert_eq!(
        User::insert_sql(),
        r#"insert into "User" ("id","username","email") values (?,?,?)"#
    );
    assert_eq!(
        user.values(),
        [
            Value::Int(12345),
            Value::Text("Michael".to_owned()),
            Value::Null,
        ]
    );
    assert_eq!(user.cache.len(), 3);
}

#[test]
fn names_can_be_chosen_and_are_never_raw() {
    assert_eq!(
        Kind::insert_sql(),
        r#"insert into "kinds" ("type","visible") values (?,?)"#
    );
    let kind = Kind {
        r#type: "tea".to_owned(),
        visible: true,
    };
    assert_eq!(
        kind.values(),
        [Value::Text("tea".to_owned()), Value::Bool(true)]
    );
}

/// Outside a macro, `expand` is an ordinary function on parsed source text.
#[test]
fn a_mistake_is_reported_where_it_is() {
    let source = "struct User {\n    #[orm(colum = \"name\")]\n    name: String,\n}";
    let error = orm_derive::expand(syn::parse_str(source).unwrap()).unwrap_err();

    let place = error.span().start();
    assert_eq!((place.line, place.column), (2, 10));
}
