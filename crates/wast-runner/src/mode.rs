//! The ways in which every script is run.

/// How the machine is driven while it runs a script.
///
/// No mode may change a result, a trap, a memory or the number of ticks: that is what running
/// every script in each of them shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    /// The name by which the mode is chosen and reported.
    pub name: &'static str,
    /// Whether gas is limited, by a limit that no script reaches, and priced by a schedule that
    /// charges every kind of dynamic cost.
    pub metered: bool,
    /// Whether each `run` gets a budget of a single tick.
    pub one_tick_per_run: bool,
}

impl Mode {
    /// No gas limit, and as few calls of `run` as possible.
    pub const PLAIN: Mode = Mode {
        name: "plain",
        metered: false,
        one_tick_per_run: false,
    };
    /// A gas limit and a schedule with dynamic costs.
    pub const GAS: Mode = Mode {
        name: "gas",
        metered: true,
        one_tick_per_run: false,
    };
    /// The machine is stopped and continued at every instruction.
    pub const ONE_TICK: Mode = Mode {
        name: "one-tick",
        metered: true,
        one_tick_per_run: true,
    };

    /// Every mode.
    pub const ALL: &[Mode] = &[Mode::PLAIN, Mode::GAS, Mode::ONE_TICK];

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<Mode> {
        Mode::ALL.iter().copied().find(|mode| mode.name == name)
    }
}
