//! The calls of a case that is judged against a model.

/// Defines what a driver can be told to do: an enum, each variant with its name in a report.
///
/// ```
/// suite_drive::calls! {
///     /// What can be done with a stack.
///     Call {
///         Push(stack: u8, value: u64) => "stack {stack}: push({value})",
///         Len => "len()",
///     }
/// }
/// assert_eq!(format!("{:?}", [Call::Push(1, 20), Call::Len]), "[stack 1: push(20), len()]");
/// ```
#[macro_export]
macro_rules! calls {
    ($(#[$meta:meta])* $name:ident {
        $($call:ident $(($($field:ident : $ty:ty),+))? => $told:literal),+ $(,)?
    }) => {
        $crate::wire!(@enum
            $(#[$meta])*
            #[derive(Clone)]
            pub $name
            $(#[doc = $told] { $call $(($($ty),+))? } $call $(($($field: $ty),+))?),+
        );
        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self {
                    $($name::$call $(($($field),+))? => {
                        // Not every argument needs to be told.
                        $(let _ = ($($field),+);)?
                        write!(f, $told)
                    })+
                }
            }
        }
    };
}
