use suite::suite;

suite!(
    shared = {
        use suite::Hidden;

        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub enum Cell { Null, Int(i64), Bool(bool), Text(String) }
        }
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Col {
                pub field: String,
                pub name: String,
                pub kind: String,
                pub nullable: bool,
            }
        }
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Table { pub name: String, pub columns: Vec<Col>, pub values: Vec<Cell> }
        }
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Sql { pub create: String, pub insert: String, pub rows: Vec<Vec<Cell>> }
        }
        suite::wire! {
            #[derive(Debug, Clone, PartialEq)]
            pub struct Code { pub words: Vec<String>, pub literals: Vec<String> }
        }
    },
    acting = {
        // `SqlType` is for code that relies on it; that none must has a case of its own.
        use orm::{Column, Model, SqlType, Value};
        use orm_derive::expand;
        use proc_macro2::{TokenStream, TokenTree};

        /// A visit to the museum.
        #[derive(Debug, Clone, Model)]
        struct Visit {
            zone: i64,
            /// Not in the order of the alphabet.
            pub level: i32,
            #[allow(dead_code)]
            seat: u32,
            pub(crate) paid: bool,
            guest: String,
        }

        #[derive(Model)]
        struct Alone {
            n: i64,
        }

        #[derive(Model)]
        #[orm(table = "select \"all\"")]
        struct Invocation {
            #[orm(skip)]
            cache: Vec<u8>,
            #[orm(column = "second")]
            first: String,
            #[orm(column = "first")]
            second: i64,
            #[orm(skip)]
            loaded: bool,
            /// Which dish.
            #[orm(column = "名 前")]
            dish: String,
        }

        #[derive(Model)]
        struct Maybe {
            number: Option<i64>,
            text: std::option::Option<String>,
            truth: ::core::option::Option<bool>,
        }

        #[derive(Model)]
        #[allow(non_camel_case_types)]
        struct r#match {
            r#type: String,
            r#fn: i64,
            #[orm(column = "r#use")]
            r#use: u32,
            #[orm(skip)]
            r#loop: bool,
        }

        #[derive(Model)]
        #[orm(table = "notes'); drop table notes; --")]
        struct Note {
            id: i64,
            #[orm(column = "the \"level\"")]
            level: i32,
            seat: u32,
            open: bool,
            text: String,
            author: Option<String>,
        }

        fn cell(value: Value) -> Cell {
            match value {
                Value::Null => Cell::Null,
                Value::Int(number) => Cell::Int(number),
                Value::Bool(truth) => Cell::Bool(truth),
                Value::Text(text) => Cell::Text(text),
            }
        }

        fn col(column: &Column) -> Col {
            Col {
                field: column.field.to_owned(),
                name: column.name.to_owned(),
                kind: column.column_type.to_owned(),
                nullable: column.nullable,
            }
        }

        fn table<M: Model>(model: &M) -> Table {
            Table {
                name: M::TABLE.to_owned(),
                columns: M::COLUMNS.iter().map(col).collect(),
                values: model.values().into_iter().map(cell).collect(),
            }
        }

        /// Every name and every text of the code, in order.
        fn read(tokens: TokenStream, code: &mut Code) {
            for token in tokens {
                match token {
                    TokenTree::Group(group) => read(group.stream(), code),
                    TokenTree::Ident(ident) => {
                        let ident = ident.to_string();
                        let plain = ident.strip_prefix("r#").unwrap_or(&ident);
                        code.words.push(plain.to_owned());
                    }
                    TokenTree::Literal(literal) => {
                        if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                            code.words.push(text.value());
                            code.literals.push(text.value());
                        }
                    }
                    TokenTree::Punct(_) => {}
                }
            }
        }

        /// The code that a struct expands to, or where each mistake is: line and column.
        fn expanded(source: &str) -> Result<Code, Vec<(usize, usize)>> {
            let place = |error: syn::Error| {
                let start = error.span().start();
                (start.line, start.column)
            };
            let input = syn::parse_str(source).unwrap();
            match expand(input) {
                Ok(tokens) => {
                    let (words, literals) = (Vec::new(), Vec::new());
                    let mut code = Code { words, literals };
                    read(tokens, &mut code);
                    Ok(code)
                }
                Err(errors) => Err(errors.into_iter().map(place).collect()),
            }
        }
    },
    deciding = {
        use rusqlite::Connection;
        use rusqlite::types::{ToSqlOutput, Value as Stored, ValueRef};
        use suite::{Check, Rng, check, equal};

        impl rusqlite::ToSql for Cell {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::Borrowed(match self {
                    Cell::Null => ValueRef::Null,
                    Cell::Int(number) => ValueRef::Integer(*number),
                    Cell::Bool(truth) => ValueRef::Integer((*truth).into()),
                    Cell::Text(text) => ValueRef::Text(text.as_bytes()),
                }))
            }
        }

        fn col(field: &str, name: &str, kind: &str, nullable: bool) -> Col {
            let [field, name, kind] = [field, name, kind].map(str::to_owned);
            Col {
                field,
                name,
                kind,
                nullable,
            }
        }

        fn describe(name: &str, columns: Vec<Col>, values: Vec<Cell>) -> Table {
            let name = name.to_owned();
            Table {
                name,
                columns,
                values,
            }
        }

        fn number(rng: &mut Rng) -> i64 {
            rng.signed(-1_000_000_000_000..=1_000_000_000_000)
        }

        fn small(rng: &mut Rng) -> i32 {
            rng.signed(-2_147_483_648..=2_147_483_647) as i32
        }

        fn count(rng: &mut Rng) -> u32 {
            rng.range(0..=4_294_967_295) as u32
        }

        fn maybe<T>(rng: &mut Rng, draw: impl FnOnce(&mut Rng) -> T) -> Option<T> {
            rng.flip().then(|| draw(rng))
        }

        /// Executes what a model says on a new database; the rows that are there afterwards.
        fn stored(
            create: &str,
            insert: &str,
            rows: &[Vec<Cell>],
        ) -> rusqlite::Result<Vec<Vec<Cell>>> {
            let database = Connection::open_in_memory()?;
            database.execute(create, [])?;
            for row in rows {
                database.execute(insert, rusqlite::params_from_iter(row))?;
            }
            let table = "\"notes'); drop table notes; --\"";
            let mut select = database.prepare(&format!("select * from {table} order by rowid"))?;
            let columns = select.column_count();
            let rows = select.query_map([], |row| {
                let cell = |index| {
                    Ok(match row.get(index)? {
                        Stored::Integer(number) => Cell::Int(number),
                        Stored::Text(text) => Cell::Text(text),
                        _ => Cell::Null,
                    })
                };
                (0..columns).map(cell).collect::<rusqlite::Result<_>>()
            })?;
            rows.collect()
        }

        /// Where errors must be: lines from 1, columns from 0.
        type Places = Vec<(usize, usize)>;

        /// The same sources again: the judge draws them a second time, so that what it knows
        /// about them need not travel through the driver.
        fn drawn<T>(number: u64, draw: fn(&mut Rng) -> Vec<T>) -> Vec<T> {
            draw(&mut Rng::new(number, "orm-derive", "sources"))
        }

        fn drawn_again<T>(number: &Hidden<u64>, draw: fn(&mut Rng) -> Vec<T>) -> Vec<T> {
            drawn(number.get().copied().unwrap_or_default(), draw)
        }

        /// What may stand between two tokens.
        fn gap(rng: &mut Rng) -> &'static str {
            let gaps = [
                " ",
                "  ",
                "\n",
                "\n    ",
                "\n\n\t",
                " /* 注 */ ",
                " // why\n",
            ];
            gaps[rng.count(..gaps.len())]
        }

        /// A source from a pattern: `~` becomes a gap, `«` goes and marks what follows it.
        fn source(rng: &mut Rng, pattern: &str) -> (String, Places) {
            let (mut text, mut places) = (gap(rng).trim_start().to_owned(), Vec::new());
            for letter in pattern.chars() {
                match letter {
                    '~' => text.push_str(gap(rng)),
                    '«' => places.push(end(&text)),
                    other => text.push(other),
                }
            }
            (text, places)
        }

        fn end(text: &str) -> (usize, usize) {
            let last = text.rsplit('\n').next().unwrap_or_default();
            (text.matches('\n').count() + 1, last.chars().count())
        }

        /// A name that stands nowhere else.
        fn name(rng: &mut Rng) -> String {
            format!("x{}", rng.word(9..=14))
        }

        /// A field that is in order.
        fn field(rng: &mut Rng) -> String {
            let kinds = ["i64", "u32", "bool", "String", "Option<i64>"];
            let kind = *rng.pick(&kinds);
            format!("{}~:~{kind}", name(rng))
        }

        /// A struct with these fields among others that are in order.
        fn around(rng: &mut Rng, fields: Vec<String>) -> String {
            let mut all = rng.list(0..=2, field);
            all.extend(fields);
            all.extend(rng.list(1..=2, field));
            format!("struct~{}~{{~{}~}}", name(rng), all.join("~,~"))
        }

        /// Items that are no model.
        fn shapes(rng: &mut Rng) -> Vec<(String, Places)> {
            let [item, a, b] = [0; 3].map(|_| name(rng));
            let patterns = [
                format!("enum~«{item}~{{~{a}~,~{b}~}}"),
                format!("pub~union~«{item}~{{~{a}:~i64~,~{b}:~u32~}}"),
                format!("struct~«{item}~(~i64~,~pub~String~)~;"),
                format!("pub(crate)~struct~«{item}~;"),
                format!("struct~«{item}~{{~}}"),
                format!("struct~«{item}~{{~#[orm(skip)]~{a}:~i64~,~#[orm~(~skip~)]~{b}:~u8~}}"),
            ];
            let patterns = rng.shuffled(patterns);
            patterns
                .iter()
                .map(|pattern| source(rng, pattern))
                .collect()
        }

        const WRONG_FIELDS: u64 = 11;

        /// A field with a wrong attribute.
        fn wrong_field(rng: &mut Rng, which: u64) -> String {
            let [a, b] = [0; 2].map(|_| name(rng));
            let number = *rng.pick(&["12", "1.5", "true", "'c'", "b\"bytes\""]);
            let attribute = match which {
                0 => format!("#[orm~(~«{a}~)]"),
                1 => format!("#[orm(~«colum~=~\"{a}\"~)]"),
                2 => format!("#[orm(~«table~=~\"{a}\"~)]"),
                3 => format!("#[orm(column~=~«{number})]"),
                4 => format!("#[orm(column~=~«{a}~)]"),
                5 => format!("#[orm(column~=~\"{a}\"~,~«column~=~\"{b}\"~)]"),
                6 => format!("#[orm(column~=~\"{a}\")]~#[orm(~«column~=~\"{a}\")]"),
                7 => format!("#[orm(column~=~\"{a}\"~,~«skip~)]"),
                8 => format!("#[orm(~«skip~)]~#[orm(column~=~\"{a}\")]"),
                9 => "#[orm(skip~,~«skip)]".to_owned(),
                _ => "#[«orm]".to_owned(),
            };
            format!("{attribute}~{}", field(rng))
        }

        /// Structs with one mistake each.
        fn attributes(rng: &mut Rng) -> Vec<(String, Places)> {
            let mut patterns = Vec::new();
            for which in 0..WRONG_FIELDS {
                let wrong = wrong_field(rng, which);
                patterns.push(around(rng, vec![wrong]));
            }
            let [a, b] = [0; 2].map(|_| name(rng));
            for attribute in [
                format!("#[orm(~«column~=~\"{a}\"~)]"),
                "#[orm(«skip)]".to_owned(),
                "#[orm(table~=~«7)]~pub".to_owned(),
                format!("#[orm(table~=~\"{a}\")]~#[orm(«table~=~\"{b}\")]"),
            ] {
                let sound = field(rng);
                patterns.push(format!("{attribute}~{}", around(rng, vec![sound])));
            }
            for [first, second] in [
                [
                    format!("{a}:~i64"),
                    format!("#[orm(column~=~«\"{a}\"~)]~{b}:~i64"),
                ],
                [
                    format!("#[orm(column~=~\"{a}\")]~{b}:~i64"),
                    format!("«{a}~:~bool"),
                ],
                [
                    "r#type:~i64".to_owned(),
                    format!("#[orm(column~=~«\"type\")]~{b}:~bool"),
                ],
            ] {
                patterns.push(around(rng, vec![first, second]));
            }
            let patterns = rng.shuffled(patterns);
            patterns
                .iter()
                .map(|pattern| source(rng, pattern))
                .collect()
        }

        /// Structs with several fields that are wrong.
        fn several(rng: &mut Rng) -> Vec<(String, Places)> {
            rng.list(4..=4, |rng| {
                let wrong = rng.list(2..=4, |rng| {
                    let which = rng.range(0..WRONG_FIELDS);
                    wrong_field(rng, which)
                });
                let table = *rng.pick(&["", "#[orm(table~=~«0)]~"]);
                let pattern = format!("{table}{}", around(rng, wrong));
                source(rng, &pattern)
            })
        }

        /// Each source is refused, with an error at each marked place and nowhere else.
        fn refused_there(drawn: &[(String, Places)], got: &[Result<Code, Places>]) -> Check {
            let each = drawn.iter().zip(got).map(|((source, places), got)| {
                let named = format!("line and column of each error for\n{source}\n");
                let Err(got) = got else {
                    return Check::fail(format!("{places:?}"), "no error").named(named);
                };
                let mut got = got.clone();
                got.sort_unstable();
                equal(&got, places).named(named)
            });
            let whole = equal(&got.len(), &drawn.len()).named("how many sources were expanded");
            each.collect::<Check>().and(whole)
        }

        /// A struct that is in order, and what its code must mention.
        struct Sound {
            source: String,
            table: String,
            fields: Vec<String>,
            names: Vec<String>,
            skipped: Vec<String>,
        }

        fn sound(rng: &mut Rng) -> Sound {
            let [item, table] = [0; 2].map(|_| name(rng));
            let (mut fields, mut names, mut skipped) = (Vec::new(), Vec::new(), Vec::new());
            // The first field always stays.
            let body: Vec<String> = (0..rng.count(2..=6))
                .map(|index| {
                    let [field, column] = [0; 2].map(|_| name(rng));
                    let kinds = [
                        "i64",
                        "own::Type",
                        "Vec<[u8; 4]>",
                        "(bool, Word)",
                        "&'static str",
                    ];
                    let kind = *rng.pick(&kinds);
                    let others = ["", "/// 注\n", "#[column(skip)]~", "pub~", "pub(crate)~"];
                    let other = *rng.pick(&others);
                    let rest = format!("{other}{field}~:~{kind}");
                    match rng.range(0..=3) {
                        0 if index > 0 => {
                            skipped.push(field);
                            format!("#[orm(~skip)]~{rest}")
                        }
                        1 => {
                            let attribute = format!("#[orm~(~column~=~\"{column}\"~)]");
                            fields.push(field);
                            names.push(column);
                            format!("{attribute}~{rest}")
                        }
                        _ => {
                            fields.push(field.clone());
                            names.push(field);
                            rest
                        }
                    }
                })
                .collect();
            let pattern = format!("pub~struct~{item}~{{~{}~,~}}", body.join("~,~"));
            let (pattern, table) = if rng.flip() {
                (format!("#[orm(table~=~\"{table}\")]~{pattern}"), table)
            } else {
                (pattern, item)
            };
            let (source, _) = source(rng, &pattern);
            Sound {
                source,
                table,
                fields,
                names,
                skipped,
            }
        }

        fn sounds(rng: &mut Rng) -> Vec<Sound> {
            rng.list(6..=6, sound)
        }

        /// Whether the words contain these, in this order.
        fn in_order(words: &[String], wanted: &[String]) -> bool {
            let mut words = words.iter();
            wanted.iter().all(|wanted| words.any(|word| word == wanted))
        }

        /// The code mentions what it must and no field that is skipped.
        fn mentions(sound: &Sound, code: &Code) -> Check {
            let of = |what: &str| format!("{what} in the code for\n{}\n", sound.source);
            let said = || format!("{:?}", code.words);
            let skipped = |literal: &&String| sound.skipped.contains(literal);
            let skipped: Vec<&String> = code.literals.iter().filter(skipped).collect();
            let (names, fields) = (&sound.names, &sound.fields);
            check(
                code.words.contains(&sound.table),
                format!("{:?}", sound.table),
                said(),
            )
            .named(of("the table"))
            .and(check(
                in_order(&code.words, names),
                format!("{names:?}"),
                said(),
            ))
            .named(of("the columns, in order,"))
            .and(check(
                in_order(&code.words, fields),
                format!("{fields:?}"),
                said(),
            ))
            .named(of("the fields, in order,"))
            .and(check(skipped.is_empty(), "none", format!("{skipped:?}")))
            .named(of("skipped fields"))
        }
    },
    columns_are_the_fields_in_their_order = case(
        "Table and columns are the struct and its fields, in their order; a row has their values.",
        points = 1,
        input = |rng| -> (i64, i32, u32, bool, String) {
            (
                number(rng),
                small(rng),
                count(rng),
                rng.flip(),
                rng.text(0..=12),
            )
        },
        drive = |(zone, level, seat, paid, guest), _log| -> (Table, Table) {
            let alone = Alone { n: zone };
            let visit = Visit {
                zone,
                level,
                seat,
                paid,
                guest,
            };
            (table(&visit), table(&alone))
        },
        judge = |(zone, level, seat, paid, guest), (visit, alone), _events| {
            let columns = vec![
                col("zone", "zone", "bigint", false),
                col("level", "level", "bigint", false),
                col("seat", "seat", "bigint", false),
                col("paid", "paid", "boolean", false),
                col("guest", "guest", "varchar(100)", false),
            ];
            let values = vec![
                Cell::Int(*zone),
                Cell::Int((*level).into()),
                Cell::Int((*seat).into()),
                Cell::Bool(*paid),
                Cell::Text(guest.clone()),
            ];
            let n = col("n", "n", "bigint", false);
            equal(visit, &describe("Visit", columns, values))
                .named("`Visit`")
                .and(equal(
                    alone,
                    &describe("Alone", vec![n], vec![Cell::Int(*zone)]),
                ))
                .named("`Alone`")
        },
    ),
    names_can_be_chosen_and_fields_left_out = case(
        "Table and columns can have names of their own, and a skipped field is no column.",
        points = 2,
        input = |rng| -> (Vec<u8>, String, i64, bool, String) {
            let (cache, first) = (rng.bytes(0..=4), rng.text(1..=8));
            (cache, first, number(rng), rng.flip(), rng.text(1..=8))
        },
        drive = |(cache, first, second, loaded, dish), _log| -> Table {
            table(&Invocation {
                cache,
                first,
                second,
                loaded,
                dish,
            })
        },
        judge = |(_, first, second, _, dish), got, _events| {
            let columns = vec![
                col("first", "second", "varchar(100)", false),
                col("second", "first", "bigint", false),
                col("dish", "名 前", "varchar(100)", false),
            ];
            let texts = [first, dish].map(|text| Cell::Text(text.clone()));
            let [first, dish] = texts;
            let values = vec![first, Cell::Int(*second), dish];
            equal(got, &describe("select \"all\"", columns, values))
                .note("`field` is the name in Rust, `name` the one in the database")
        },
    ),
    an_option_is_nullable = case(
        "An `Option` is a column that may be null.",
        points = 1,
        input = |rng| -> (Option<i64>, Option<String>, Option<bool>) {
            let text = Some(rng.text(1..=12));
            (maybe(rng, number), text, maybe(rng, Rng::flip))
        },
        drive = |(number, text, truth), _log| -> Table {
            table(&Maybe {
                number,
                text,
                truth,
            })
        },
        judge = |(number, text, truth), got, _events| {
            let columns = vec![
                col("number", "number", "bigint", true),
                col("text", "text", "varchar(100)", true),
                col("truth", "truth", "boolean", true),
            ];
            let values = vec![
                number.map_or(Cell::Null, Cell::Int),
                text.clone().map_or(Cell::Null, Cell::Text),
                truth.map_or(Cell::Null, Cell::Bool),
            ];
            equal(got, &describe("Maybe", columns, values))
        },
    ),
    a_raw_identifier_is_an_ordinary_name = case(
        "A raw identifier gives an ordinary name: `r#type` is the column `type`.",
        points = 1,
        input = |rng| -> (String, i64, u32, bool) {
            (rng.text(1..=12), number(rng), count(rng), rng.flip())
        },
        drive = |(text, number, count, truth), _log| -> Table {
            table(&r#match {
                r#type: text,
                r#fn: number,
                r#use: count,
                r#loop: truth,
            })
        },
        judge = |(text, number, count, _), got, _events| {
            let columns = vec![
                col("type", "type", "varchar(100)", false),
                col("fn", "fn", "bigint", false),
                col("use", "r#use", "bigint", false),
            ];
            let values = vec![
                Cell::Text(text.clone()),
                Cell::Int(*number),
                Cell::Int((*count).into()),
            ];
            equal(got, &describe("match", columns, values))
                .note("`r#` belongs to Rust's spelling, not to the name: `IdentExt::unraw`")
        },
    ),
    what_is_inserted_can_be_read_back = case(
        "What a model inserts into a real database can be read back, whatever the texts are.",
        points = 2,
        input = |rng| -> Vec<(i64, i32, u32, bool, String, Option<String>)> {
            rng.list(2..=4, |rng| {
                let evil = format!("{}'); drop table notes; --", rng.text(0..=4));
                let text = if rng.flip() { evil } else { rng.text(0..=20) };
                let author = maybe(rng, |rng| rng.text(0..=8));
                (
                    number(rng),
                    small(rng),
                    count(rng),
                    rng.flip(),
                    text,
                    author,
                )
            })
        },
        drive = |rows, _log| -> Sql {
            let values = |(id, level, seat, open, text, author)| {
                let note = Note {
                    id,
                    level,
                    seat,
                    open,
                    text,
                    author,
                };
                note.values().into_iter().map(cell).collect()
            };
            Sql {
                create: Note::create_table_sql(),
                insert: Note::insert_sql(),
                rows: rows.into_iter().map(values).collect(),
            }
        },
        judge = |rows, got, _events| {
            let create = "create table \"notes'); drop table notes; --\" (\"id\" bigint not null,\
                          \"the \"\"level\"\"\" bigint not null,\"seat\" bigint not null,\
                          \"open\" boolean not null,\"text\" varchar(100) not null,\
                          \"author\" varchar(100))";
            let insert = "insert into \"notes'); drop table notes; --\" (\"id\",\
                          \"the \"\"level\"\"\",\"seat\",\"open\",\"text\",\"author\") \
                          values (?,?,?,?,?,?)";
            let row =
                |(id, level, seat, open, text, author): &(_, _, _, bool, String, Option<_>)| {
                    let author: &Option<String> = author;
                    let (level, seat): (&i32, &u32) = (level, seat);
                    vec![
                        Cell::Int(*id),
                        Cell::Int((*level).into()),
                        Cell::Int((*seat).into()),
                        Cell::Int((*open).into()),
                        Cell::Text(text.clone()),
                        author.clone().map_or(Cell::Null, Cell::Text),
                    ]
                };
            let expected: Vec<Vec<Cell>> = rows.iter().map(row).collect();
            equal(got.create.as_str(), create)
                .named("`create_table_sql`")
                .and(equal(got.insert.as_str(), insert).named("`insert_sql`"))
                // Only SQL that is known word for word is executed here.
                .and_then(|| match stored(create, insert, &got.rows) {
                    Ok(rows) => equal(&rows, &expected).named("the rows in SQLite's table"),
                    Err(error) => Check::fail("SQLite takes the rows", error.to_string()),
                })
        },
    ),
    every_struct_in_order_is_expanded = case(
        "Any struct that is in order is expanded, whatever its names, types and attributes.",
        points = 1,
        input = |rng| -> (Hidden<u64>, Vec<String>) {
            let number = rng.range(..);
            let sources = drawn(number, sounds).into_iter().map(|one| one.source);
            (Hidden::new(number), sources.collect())
        },
        drive = |(_, sources), _log| -> Vec<Result<Code, Vec<(usize, usize)>>> {
            sources.iter().map(|source| expanded(source)).collect()
        },
        judge = |(number, _), got, _events| {
            let drawn = drawn_again(number, sounds);
            let each = drawn.iter().zip(got).map(|(sound, got)| match got {
                Ok(code) => mentions(sound, code),
                Err(places) => Check::fail("no error", format!("errors at {places:?}"))
                    .named(format!("what becomes of\n{}\n", sound.source))
                    .note("whether a type can be stored is not for the macro to say"),
            });
            let whole = equal(&got.len(), &drawn.len()).named("how many sources were expanded");
            each.collect::<Check>().and(whole)
        },
    ),
    what_is_no_model_is_an_error_at_its_name = case(
        "What is no struct with named columns is an error at its name, never a panic.",
        points = 1,
        input = |rng| -> (Hidden<u64>, Vec<String>) {
            let number = rng.range(..);
            let sources = drawn(number, shapes).into_iter().map(|(source, _)| source);
            (Hidden::new(number), sources.collect())
        },
        drive = |(_, sources), _log| -> Vec<Result<Code, Vec<(usize, usize)>>> {
            sources.iter().map(|source| expanded(source)).collect()
        },
        judge = |(number, _), got, _events| {
            refused_there(&drawn_again(number, shapes), got)
                .note("an error carries the span it is made with: `syn::Error::new(span, …)`")
        },
    ),
    a_wrong_attribute_is_an_error_at_its_cause = case(
        "A wrong attribute is an error at the very word that is wrong.",
        points = 2,
        input = |rng| -> (Hidden<u64>, Vec<String>) {
            let number = rng.range(..);
            let sources = drawn(number, attributes)
                .into_iter()
                .map(|(source, _)| source);
            (Hidden::new(number), sources.collect())
        },
        drive = |(_, sources), _log| -> Vec<Result<Code, Vec<(usize, usize)>>> {
            sources.iter().map(|source| expanded(source)).collect()
        },
        judge = |(number, _), got, _events| {
            refused_there(&drawn_again(number, attributes), got)
                .note("the README's table says which word each mistake points at")
        },
    ),
    all_wrong_fields_are_reported_at_once = case(
        "When several fields are wrong, all of them are reported at once.",
        points = 1,
        input = |rng| -> (Hidden<u64>, Vec<String>) {
            let number = rng.range(..);
            let sources = drawn(number, several).into_iter().map(|(source, _)| source);
            (Hidden::new(number), sources.collect())
        },
        drive = |(_, sources), _log| -> Vec<Result<Code, Vec<(usize, usize)>>> {
            sources.iter().map(|source| expanded(source)).collect()
        },
        judge = |(number, _), got, _events| {
            refused_there(&drawn_again(number, several), got)
                .note("`?` leaves at the first error; `syn::Error::combine` adds one to another")
        },
    ),
    a_type_that_cannot_be_stored_is_the_fault_of_its_field = compile_fail(
        "A type that cannot be stored is an error at the field's type.",
        points = 1,
        fails = {
            use orm::{Column, Model, SqlType, Value};

            #[derive(Model)]
            pub struct Picture {
                pub id: i64,
                pub title: String,
                pub pixels: Vec<u8>, //~ E0277
                pub seen: bool,
            }
        },
        compiles = {
            use orm::{Column, Model, SqlType, Value};

            #[derive(Model)]
            pub struct Picture {
                pub id: i64,
                pub title: String,
                #[orm(skip)]
                pub pixels: Vec<u8>,
                pub seen: bool,
            }
        },
    ),
    the_type_decides_and_not_its_name = compile_fail(
        "A type is what it is, not what it is called.",
        points = 1,
        fails = {
            use orm::{Column, Model, SqlType, Value};

            pub struct String;

            #[derive(Model)]
            pub struct Note {
                pub id: i64,
                pub text: String, //~ E0277
            }
        },
        compiles = {
            use orm::{Column, Model, SqlType, Value};

            pub type Perhaps<T> = core::option::Option<T>;
            pub type Text = std::string::String;

            pub struct String(pub i64);

            impl SqlType for String {
                const COLUMN_TYPE: &'static str = "real";
                fn to_value(&self) -> Value {
                    Value::Int(self.0)
                }
            }

            pub struct Option<T>(pub T);

            impl<T> SqlType for Option<T> {
                const COLUMN_TYPE: &'static str = "blob";
                fn to_value(&self) -> Value {
                    Value::Null
                }
            }

            #[derive(Model)]
            pub struct Note {
                pub named: String,
                pub chosen: Option<i64>,
                pub title: Perhaps<Text>,
            }

            const fn same(a: &str, b: &str) -> bool {
                let (a, b) = (a.as_bytes(), b.as_bytes());
                let mut at = 0;
                while at < a.len() && at < b.len() && a[at] == b[at] {
                    at += 1;
                }
                at == a.len() && at == b.len()
            }

            const _: () = {
                let columns = Note::COLUMNS;
                assert!(same(columns[0].column_type, "real"));
                assert!(same(columns[1].column_type, "blob"));
                assert!(!columns[1].nullable);
                assert!(same(columns[2].column_type, "varchar(100)"));
                assert!(columns[2].nullable);
            };
        },
    ),
    the_code_stands_alone = compile_fail(
        "The code means the same everywhere, whatever names are in use where the struct is.",
        points = 1,
        fails = {
            pub trait Model {}

            #[derive(::orm::Model)]
            pub struct Crate {
                pub id: i64,
            }

            fn stored<M: Model>() {}

            pub fn check() {
                stored::<Crate>(); //~ E0277
            }
        },
        compiles = {
            pub trait Model {}
            pub trait SqlType {}
            pub struct Column;
            pub struct Option;
            pub struct Result;
            pub struct String;
            pub struct Value;
            pub struct Vec;
            #[allow(non_camel_case_types)]
            pub struct str;
            pub mod alloc {}
            pub mod core {}
            pub mod orm {}
            pub mod std {}

            #[allow(unused_macros)]
            macro_rules! vec {
                ($($any:tt)*) => {
                    compile_error!("not this `vec!`")
                };
            }

            #[derive(::orm::Model)]
            pub struct Crate {
                pub id: i64,
                #[orm(column = "label")]
                pub text: ::std::string::String,
                pub weight: ::core::option::Option<u32>,
                #[orm(skip)]
                pub inside: Vec,
            }

            fn stored<M: ::orm::Model>() {}

            pub fn check() {
                stored::<Crate>();
            }
        },
    ),
    a_generic_struct_is_a_model_where_its_columns_are = compile_fail(
        "A generic struct is a model when its stored types can be stored, and only then.",
        points = 1,
        fails = {
            use orm::{Column, Model, SqlType, Value};

            pub struct Secret;

            #[derive(Model)]
            pub struct Pair<T> {
                pub id: i64,
                pub value: T,
            }

            fn stored<M: Model>() {}

            pub fn check() {
                stored::<Pair<bool>>();
                stored::<Pair<Secret>>(); //~ E0277
            }
        },
        compiles = {
            use orm::{Column, Model, SqlType, Value};

            pub struct Secret;

            #[derive(Model)]
            pub struct Pair<T> {
                pub id: i64,
                pub value: T,
                pub other: Option<T>,
            }

            #[derive(Model)]
            pub struct Cached<T, C = Secret>
            where
                T: Clone,
            {
                pub value: T,
                #[orm(skip)]
                pub cache: Option<C>,
            }

            #[derive(Model)]
            pub struct Row<'a> {
                pub text: &'a str,
                pub note: Option<&'a str>,
            }

            #[derive(Model)]
            pub struct Padded<const N: usize> {
                pub id: u32,
                #[orm(skip)]
                pub padding: [u8; N],
            }

            #[derive(Model)]
            pub struct All<'a, T: Copy + 'a, const N: usize = 2>
            where
                [T; N]: Sized,
            {
                pub value: T,
                #[orm(skip)]
                pub more: &'a [T; N],
            }

            fn stored<M: Model>(_: &M) {}

            pub fn check<'a>(row: &Row<'a>, all: &All<'a, i32>, cached: &Cached<bool>) {
                stored(row);
                stored(all);
                stored(cached);
            }

            const fn same(a: &str, b: &str) -> bool {
                let (a, b) = (a.as_bytes(), b.as_bytes());
                let mut at = 0;
                while at < a.len() && at < b.len() && a[at] == b[at] {
                    at += 1;
                }
                at == a.len() && at == b.len()
            }

            const _: () = {
                let pair = Pair::<bool>::COLUMNS;
                assert!(same(pair[1].column_type, "boolean"));
                let pair = Pair::<&'static str>::COLUMNS;
                assert!(same(pair[1].column_type, "varchar(100)"));
                assert!(!pair[1].nullable && pair[2].nullable);
                assert!(Cached::<u32, Secret>::COLUMNS.len() == 1);
                assert!(Padded::<3>::COLUMNS.len() == 1);
                assert!(same(Padded::<3>::TABLE, "Padded"));
            };
        },
    ),
);
