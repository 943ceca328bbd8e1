//! Holds no code: its dependencies are what katas may use, and building it builds them.
