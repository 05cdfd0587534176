//! The ways in which a script can be run.

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
    /// Whether only the step stream is used, never the fused one.
    pub steps_only: bool,
}

impl Mode {
    /// No gas limit, and as few calls of `run` as possible.
    pub const PLAIN: Mode = Mode {
        name: "plain",
        metered: false,
        one_tick_per_run: false,
        steps_only: false,
    };
    /// A gas limit and a schedule with dynamic costs.
    pub const GAS: Mode = Mode {
        name: "gas",
        metered: true,
        ..Mode::PLAIN
    };
    /// The machine is stopped and continued at every instruction.
    pub const ONE_TICK: Mode = Mode {
        name: "one-tick",
        one_tick_per_run: true,
        ..Mode::GAS
    };
    /// Instruction by instruction, without stopping: what the other modes fuse is run apart.
    pub const STEPS: Mode = Mode {
        name: "steps",
        steps_only: true,
        ..Mode::PLAIN
    };

    /// Every mode.
    pub const ALL: &[Mode] = &[Mode::PLAIN, Mode::GAS, Mode::ONE_TICK, Mode::STEPS];

    /// The mode of that name.
    pub fn from_name(name: &str) -> Option<Mode> {
        Mode::ALL.iter().copied().find(|mode| mode.name == name)
    }
}
