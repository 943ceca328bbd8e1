//! The changes of single expressions and statements.

use super::finder::{Finder, brief};
use super::siblings;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Arm, BinOp, Block, Expr, ExprBinary, ExprCall, ExprMatch, ExprMethodCall, ExprPath, Lit, Pat,
    RangeLimits, Stmt, UnOp,
};

impl Finder<'_> {
    /// The changes of an expression itself; those of its parts are found on their own.
    pub(super) fn expression(&mut self, expr: &Expr) {
        match expr {
            Expr::Binary(binary) => self.binary(binary),
            Expr::Unary(unary) if !matches!(unary.op, UnOp::Deref(_)) => {
                self.replace(&unary.op, "");
            }
            Expr::Lit(lit) => self.literal(&lit.lit),
            Expr::MethodCall(call) => self.method(call),
            Expr::Call(call) => self.call(call),
            Expr::Path(path) => self.variant(path),
            Expr::Match(matched) => self.arms(matched),
            Expr::If(branch) if !matches!(*branch.cond, Expr::Let(_)) => {
                self.replace(&branch.cond, "true");
                self.replace(&branch.cond, "false");
            }
            Expr::While(turn) if !matches!(*turn.cond, Expr::Let(_)) => {
                self.replace(&turn.cond, "false");
            }
            Expr::Range(range) => match range.limits {
                RangeLimits::HalfOpen(_) if range.end.is_some() => {
                    self.replace(&range.limits, "..=");
                }
                RangeLimits::Closed(_) => self.replace(&range.limits, ".."),
                RangeLimits::HalfOpen(_) => {}
            },
            Expr::Break(end) if end.expr.is_none() => self.replace(expr, "continue"),
            Expr::Continue(_) => self.replace(expr, "break"),
            _ => {}
        }
    }

    fn binary(&mut self, binary: &ExprBinary) {
        let others: &[&str] = match &binary.op {
            BinOp::Eq(_) => &["!="],
            BinOp::Ne(_) => &["=="],
            BinOp::Lt(_) => &["<=", ">"],
            BinOp::Le(_) => &["<", ">"],
            BinOp::Gt(_) => &[">=", "<"],
            BinOp::Ge(_) => &[">", "<"],
            BinOp::And(_) => &["||"],
            BinOp::Or(_) => &["&&"],
            BinOp::Add(_) => &["-"],
            BinOp::Sub(_) => &["+"],
            BinOp::Mul(_) => &["+", "/"],
            BinOp::Div(_) | BinOp::Rem(_) => &["*"],
            BinOp::AddAssign(_) => &["-=", "="],
            BinOp::SubAssign(_) => &["+=", "="],
            BinOp::BitAnd(_) => &["|"],
            BinOp::BitOr(_) => &["&"],
            _ => &[],
        };
        for other in others {
            self.replace(&binary.op, *other);
        }
        if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) {
            for side in [&binary.left, &binary.right] {
                let side = self.of(side).to_owned();
                self.replace(binary, side);
            }
        }
    }

    fn literal(&mut self, lit: &Lit) {
        match lit {
            Lit::Bool(value) => self.replace(lit, (!value.value).to_string()),
            Lit::Int(number) => {
                let Ok(value) = number.base10_parse::<u128>() else {
                    return;
                };
                let suffix = number.suffix();
                let others = [
                    Some(value + 1),
                    value.checked_sub(1),
                    Some(0),
                    Some(value * 2),
                ];
                for other in others.into_iter().flatten().filter(|other| *other != value) {
                    self.replace(lit, format!("{other}{suffix}"));
                }
            }
            Lit::Str(text) if !text.value().is_empty() => self.replace(lit, "\"\""),
            Lit::Char(letter) => {
                let other = if letter.value() == 'x' { "'y'" } else { "'x'" };
                self.replace(lit, other);
            }
            Lit::Float(number) => self.replace(lit, format!("({number} + 1.0)")),
            _ => {}
        }
    }

    fn method(&mut self, call: &ExprMethodCall) {
        let receiver = call.receiver.span().byte_range();
        let whole = call.span().byte_range();
        let name = call.method.to_string();
        let gone = self.text(receiver.end..whole.end).to_owned();
        let kept = self.text(receiver).to_owned();
        self.note(whole, kept, &format!("without `{}`", brief(&gone)));
        for other in siblings::methods(&name) {
            self.replace(&call.method, other);
        }
        self.arguments(call.args.iter());
    }

    fn arguments<'a>(&mut self, args: impl Iterator<Item = &'a Expr>) {
        let args: Vec<&Expr> = args.collect();
        for pair in args.windows(2) {
            self.exchange(&pair[0], &pair[1]);
        }
    }

    fn call(&mut self, call: &ExprCall) {
        match self.of(&call.func) {
            "Some" => self.replace(call, "None"),
            "Ok" | "Err" | "drop" | "mem::drop" => {}
            _ => self.arguments(call.args.iter()),
        }
    }

    fn variant(&mut self, path: &ExprPath) {
        let segments: Vec<String> = path
            .path
            .segments
            .iter()
            .map(|one| one.ident.to_string())
            .collect();
        let [.., of, name] = segments.as_slice() else {
            return;
        };
        let of = if of == "Self" {
            self.self_type()
        } else {
            of.clone()
        };
        let Some(variants) = self.enums.get(&of) else {
            return;
        };
        let Some((_, shape)) = variants.iter().find(|(variant, _)| variant == name) else {
            return;
        };
        let others = variants
            .iter()
            .filter(|(other, fields)| fields == shape && other != name);
        let others: Vec<String> = others.map(|(other, _)| other.clone()).collect();
        if let Some(last) = path.path.segments.last() {
            for other in others {
                self.replace(&last.ident, other);
            }
        }
    }

    fn self_type(&self) -> String {
        let of = self.place.first().map(String::as_str).unwrap_or_default();
        let of = of.split([' ', '<']).next();
        of.unwrap_or_default().to_owned()
    }

    fn arms(&mut self, matched: &ExprMatch) {
        let catches_all = |arm: &Arm| matches!(arm.pat, Pat::Wild(_) | Pat::Ident(_));
        let last = matched.arms.last().is_some_and(catches_all);
        for arm in &matched.arms {
            if last && !catches_all(arm) {
                self.replace(arm, "");
            }
            if let Pat::Guard(guard) = &arm.pat {
                self.replace(&guard.guard, "true");
                self.replace(&guard.guard, "false");
            }
        }
        for pair in matched.arms.windows(2) {
            self.exchange(&pair[0].pat, &pair[1].pat);
            self.exchange_arms(&pair[0], &pair[1]);
        }
    }

    /// An arm with a guard behind the next: then the next may take what was its own.
    fn exchange_arms(&mut self, first: &Arm, second: &Arm) {
        if matches!(first.pat, Pat::Guard(_)) || matches!(second.pat, Pat::Guard(_)) {
            let comma = |arm: &Arm| if arm.comma.is_some() { "" } else { "," };
            let (a, b) = (self.of(first).to_owned(), self.of(second).to_owned());
            let text = format!("{b}{}\n{a}{}", comma(second), comma(first));
            let range = first.span().byte_range().start..second.span().byte_range().end;
            self.note(
                range,
                text,
                &format!("`{}` after `{}`", brief(&a), brief(&b)),
            );
        }
    }

    pub(super) fn statements(&mut self, block: &Block) {
        let count = block.stmts.len();
        for (at, stmt) in block.stmts.iter().enumerate() {
            let is_value = at + 1 == count && matches!(stmt, Stmt::Expr(_, None));
            match stmt {
                Stmt::Macro(_) => self.replace(stmt, ""),
                Stmt::Expr(expr, semi) if !is_value => {
                    self.replace(stmt, "");
                    if let (Expr::Try(tried), Some(_)) = (expr, semi) {
                        let ignored = format!("let _ = {};", self.of(&tried.expr));
                        self.replace(stmt, ignored);
                    }
                }
                Stmt::Local(local) if is_ignored(&local.pat) => self.replace(stmt, ""),
                _ => {}
            }
        }
        let ends_in_value = matches!(block.stmts.last(), Some(Stmt::Expr(_, None)));
        let movable = &block.stmts[..count - usize::from(ends_in_value)];
        for pair in movable.windows(2) {
            if pair.iter().all(has_effect) {
                self.exchange(&pair[0], &pair[1]);
            }
        }
    }
}

/// Whether it may matter when a statement happens: it calls, assigns, waits or leaves.
fn has_effect(stmt: &Stmt) -> bool {
    struct Effects(bool);
    impl<'a> Visit<'a> for Effects {
        fn visit_item(&mut self, _: &'a syn::Item) {}
        fn visit_expr(&mut self, expr: &'a Expr) {
            self.0 |= matches!(
                expr,
                Expr::Call(_)
                    | Expr::MethodCall(_)
                    | Expr::Assign(_)
                    | Expr::Await(_)
                    | Expr::Try(_)
                    | Expr::Return(_)
            );
            visit::visit_expr(self, expr);
        }
    }
    let mut effects = Effects(false);
    effects.visit_stmt(stmt);
    effects.0
}

fn is_ignored(pat: &Pat) -> bool {
    match pat {
        Pat::Wild(_) => true,
        Pat::Ident(ident) => ident.ident.to_string().starts_with('_'),
        _ => false,
    }
}
