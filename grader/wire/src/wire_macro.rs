//! The macro that defines types which can travel.

/// Defines a struct or an enum that can travel.
///
/// ```
/// wire::wire! {
///     #[derive(Debug, PartialEq)]
///     pub struct Invocation { pub cups: u32, pub tea: String }
/// }
/// wire::wire! {
///     #[derive(Debug, PartialEq)]
///     pub enum Step { Wait, Brew(Invocation) }
/// }
/// use wire::Wire;
/// let step = Step::Brew(Invocation { cups: 2, tea: "oolong".to_owned() });
/// assert_eq!(Step::from_bytes(&step.to_bytes()), Some(step));
/// ```
#[macro_export]
macro_rules! wire {
    ($(#[$meta:meta])* $vis:vis struct $name:ident {
        $($(#[$fmeta:meta])* $fvis:vis $field:ident : $ty:ty),* $(,)?
    }) => {
        $(#[$meta])* $vis struct $name { $($(#[$fmeta])* $fvis $field: $ty),* }
        impl $crate::Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $($crate::Wire::put(&self.$field, out);)*
            }
            fn take(bytes: &mut &[u8]) -> Option<Self> {
                'taken: {
                    $(let Some($field) = $crate::Wire::take(bytes) else { break 'taken None };)*
                    Some(Self { $($field),* })
                }
            }
        }
    };
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$vmeta:meta])* $variant:ident $(($ty:ty))?),* $(,)?
    }) => {
        $crate::wire!(@enum $(#[$meta])* $vis $name
            $($(#[$vmeta])* { $variant $(($ty))? } $variant $((value: $ty))?),*);
    };
    // Fields have names here, so that a variant can have several: those of its patterns.
    (@enum $(#[$meta:meta])* $vis:vis $name:ident $(
        $(#[$vmeta:meta])* { $($declared:tt)* }
        $variant:ident $(($($field:ident : $ty:ty),*))?
    ),*) => {
        $(#[$meta])* $vis enum $name { $($(#[$vmeta])* $($declared)*),* }
        impl $crate::Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $crate::wire!(@put self out 0_u8; $name $($variant $(($($field),*))?),*);
            }
            fn take(bytes: &mut &[u8]) -> Option<Self> {
                let mut left = <u8 as $crate::Wire>::take(bytes)?;
                $(
                    if left == 0 {
                        return 'taken: {
                            $($(
                                let Some($field) = <$ty as $crate::Wire>::take(bytes) else {
                                    break 'taken None;
                                };
                            )*)?
                            Some($name::$variant $(($($field),*))?)
                        };
                    }
                    left -= 1;
                )*
                let _ = left;
                None
            }
        }
    };
    (@put $this:ident $out:ident $tag:expr; $name:ident) => { let _ = ($out, $tag); };
    (@put $this:ident $out:ident $tag:expr; $name:ident $variant:ident $(, $($rest:tt)*)?) => {
        if let $name::$variant = $this {
            return $out.push($tag);
        }
        $crate::wire!(@put $this $out $tag + 1; $name $($($rest)*)?);
    };
    (@put $this:ident $out:ident $tag:expr; $name:ident
        $variant:ident ($($field:ident),*) $(, $($rest:tt)*)?
    ) => {
        if let $name::$variant($($field),*) = $this {
            $out.push($tag);
            $($crate::Wire::put($field, $out);)*
            return;
        }
        $crate::wire!(@put $this $out $tag + 1; $name $($($rest)*)?);
    };
}
