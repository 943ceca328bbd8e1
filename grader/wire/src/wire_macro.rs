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
        $(#[$meta])* $vis enum $name { $($(#[$vmeta])* $variant $(($ty))?),* }
        impl $crate::Wire for $name {
            fn put(&self, out: &mut Vec<u8>) {
                $crate::wire!(@put self out 0_u8; $name $($variant $(($ty))?),*);
            }
            fn take(bytes: &mut &[u8]) -> Option<Self> {
                let mut left = <u8 as $crate::Wire>::take(bytes)?;
                $(
                    if left == 0 {
                        return $crate::wire!(@make $name $variant bytes $(($ty))?);
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
    (@put $this:ident $out:ident $tag:expr; $name:ident $variant:ident ($ty:ty) $(, $($rest:tt)*)?) => {
        if let $name::$variant(value) = $this {
            $out.push($tag);
            return $crate::Wire::put(value, $out);
        }
        $crate::wire!(@put $this $out $tag + 1; $name $($($rest)*)?);
    };
    (@make $name:ident $variant:ident $bytes:ident) => { Some($name::$variant) };
    (@make $name:ident $variant:ident $bytes:ident ($ty:ty)) => {
        'taken: {
            let Some(value) = <$ty as $crate::Wire>::take($bytes) else { break 'taken None };
            Some($name::$variant(value))
        }
    };
}
