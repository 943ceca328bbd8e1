//! What a model is and what can be done with one. This is a support crate.

/// The derive macro; [`trait@Model`] is the trait that it implements.
pub use orm_macros::Model;

/// A value on its way into a database.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// A whole number.
    Int(i64),
    /// A truth value.
    Bool(bool),
    /// A text.
    Text(String),
}

/// One column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The name of the field in Rust.
    pub field: &'static str,
    /// The name of the column in the database.
    pub name: &'static str,
    /// What the database calls the column's type.
    pub column_type: &'static str,
    /// Whether the column may be without a value.
    pub nullable: bool,
}

/// A type that a column can hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no column type",
    label = "cannot be stored",
    note = "use an integer, `bool`, a string, an `Option` of these, or `#[orm(skip)]`"
)]
pub trait SqlType {
    /// What the database calls the type.
    const COLUMN_TYPE: &'static str;
    /// Whether there may be no value.
    const NULLABLE: bool = false;
    /// The value to be stored.
    fn to_value(&self) -> Value;
}

/// A struct whose values are rows of a table.
pub trait Model {
    /// The name of the table.
    const TABLE: &'static str;
    /// The columns, in the order of the fields.
    const COLUMNS: &'static [Column];

    /// The values of a row, in the order of [`Model::COLUMNS`].
    fn values(&self) -> Vec<Value>;

    /// `create table "User" ("id" bigint not null,"email" varchar(100))`
    fn create_table_sql() -> String {
        let columns = Self::COLUMNS.iter().map(|column| {
            let not_null = if column.nullable { "" } else { " not null" };
            format!("{} {}{not_null}", quoted(column.name), column.column_type)
        });
        let columns: Vec<String> = columns.collect();
        format!(
            "create table {} ({})",
            quoted(Self::TABLE),
            columns.join(",")
        )
    }

    /// `insert into "User" ("id","email") values (?,?)`
    fn insert_sql() -> String {
        let columns = Self::COLUMNS.iter().map(|column| quoted(column.name));
        let columns: Vec<String> = columns.collect();
        let places = vec!["?"; columns.len()];
        format!(
            "insert into {} ({}) values ({})",
            quoted(Self::TABLE),
            columns.join(","),
            places.join(",")
        )
    }
}

/// A name as SQL has it; a quote inside is doubled.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl SqlType for i64 {
    const COLUMN_TYPE: &'static str = "bigint";
    fn to_value(&self) -> Value {
        Value::Int(*self)
    }
}

impl SqlType for i32 {
    const COLUMN_TYPE: &'static str = "bigint";
    fn to_value(&self) -> Value {
        Value::Int((*self).into())
    }
}

impl SqlType for u32 {
    const COLUMN_TYPE: &'static str = "bigint";
    fn to_value(&self) -> Value {
        Value::Int((*self).into())
    }
}

impl SqlType for bool {
    const COLUMN_TYPE: &'static str = "boolean";
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
}

impl SqlType for String {
    const COLUMN_TYPE: &'static str = "varchar(100)";
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
}

impl SqlType for &str {
    const COLUMN_TYPE: &'static str = "varchar(100)";
    fn to_value(&self) -> Value {
        Value::Text((*self).to_owned())
    }
}

impl<T: SqlType> SqlType for Option<T> {
    const COLUMN_TYPE: &'static str = T::COLUMN_TYPE;
    const NULLABLE: bool = true;
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }
}
