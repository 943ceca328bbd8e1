//! The worker program of the examples: raises numbers to powers. It crashes on 0⁰.

use process_pool::worker::serve;

fn main() -> std::io::Result<()> {
    serve(|(base, exponent): (u128, u32)| {
        if (base, exponent) == (0, 0) {
            std::process::abort();
        }
        let power = base.checked_pow(exponent);
        power.ok_or_else(|| format!("{base}^{exponent} is too large"))
    })
}
