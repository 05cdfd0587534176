//! What a program pays: schedules as data, in whole units of one part of a gas.

mod builtin;

use std::fmt;

use crate::isa;

/// An amount of gas in units of the schedule: `1 / denominator` of a gas each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Gas(pub u64);

/// A host function asked for more gas than was left. Nothing was charged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfGas {
    /// What was asked for.
    pub wanted: Gas,
    /// What was left.
    pub left: Gas,
}

/// Largest cost of one instruction or one dynamic event, in units (chosen so that the sum of a
/// block of instructions always fits 32 bits).
pub const MAX_COST: u32 = 1 << 22;

/// The price list: a cost for each instruction by its name in the text format, plus costs for
/// what depends on the values at run time.
///
/// Two names are not instructions of the text format: `end` is the end of a block and is charged
/// together with the `block`, `loop`, `if` or `try_table` that it ends; `end of function` is the
/// last instruction of each function.
///
/// `throw` and `throw_ref` cost the same however many frames they leave: each frame was paid for
/// when it was called. That an exception is caught costs nothing more, and is no taken branch; what
/// comes at the handler is paid like all else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    name: String,
    denominator: u32,
    /// By name, in order.
    costs: Vec<(&'static str, u32)>,
    dynamic: DynamicCosts,
}

/// Costs that depend on the values at run time, in units. All are charged before the instruction
/// has any effect, and an instruction that traps does not pay them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct DynamicCosts {
    /// For each branch that is taken (`br`, `br_if`, `br_table` and those on references).
    pub taken_branch: u32,
    /// For each page of 64 KiB by which `memory.grow` grows a memory.
    pub grown_page: u32,
    /// For each byte that `memory.fill`, `memory.copy` and `memory.init` write; an element that
    /// `table.fill`, `table.copy`, `table.init` or `table.grow` writes counts as 8 bytes. Also for
    /// each byte of an array that any `array` instruction on many elements writes, but for
    /// `array.new_fixed`, whose elements were each pushed before.
    pub bulk_byte: u32,
    /// For each call of a host function.
    pub host_call: u32,
    /// For each zero bit that `clz` and `ctz` count.
    pub counted_zero: u32,
    /// For each one bit that `popcnt` counts.
    pub counted_one: u32,
}

/// Why a cost was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScheduleError {
    /// No instruction has this name.
    UnknownName(String),
    /// The cost is above [`MAX_COST`].
    TooLarge {
        /// The name of the instruction or event.
        name: String,
        /// The cost asked for, in units.
        cost: u64,
    },
    /// The denominator must be from 1 to 65,536.
    Denominator(u32),
}

/// Names and getters of the dynamic costs, in the order in which they are shown.
const DYNAMIC: [&str; 6] = [
    "taken branch",
    "grown page",
    "bulk byte",
    "host call",
    "counted zero",
    "counted one",
];

impl Schedule {
    /// One gas for each instruction; `block`, `loop`, `try_table`, `if`'s `else`, `end` and `nop`
    /// are free.
    pub fn instructions() -> Schedule {
        builtin::instructions()
    }

    /// Table A: what WaspVM 0.8.1 charged.
    pub fn waspvm() -> Schedule {
        builtin::waspvm()
    }

    /// Table B: CPU cycles times 0.3125, from AlchemyVM; sixteenths of a gas.
    pub fn alchemy() -> Schedule {
        builtin::alchemy()
    }

    /// The built-in schedules.
    pub fn builtin() -> [Schedule; 3] {
        [
            Schedule::instructions(),
            Schedule::waspvm(),
            Schedule::alchemy(),
        ]
    }

    /// A schedule in which everything is free, to be filled by [`Schedule::set`]. So many units make
    /// one gas, from 1 to 65,536.
    ///
    /// # Errors
    /// If the denominator is out of that range.
    pub fn free(name: impl Into<String>, denominator: u32) -> Result<Schedule, ScheduleError> {
        if !(1..=65_536).contains(&denominator) {
            return Err(ScheduleError::Denominator(denominator));
        }
        Ok(Schedule::flat(name, denominator, 0))
    }

    fn flat(name: impl Into<String>, denominator: u32, cost: u32) -> Schedule {
        let mut costs = Vec::new();
        // One by one: sorting the whole list would bring a sort of its own into the core.
        for name in isa::schedule_names() {
            if let Err(at) = position(&costs, name) {
                costs.insert(at, (name, cost));
            }
        }
        Schedule {
            name: name.into(),
            denominator,
            costs,
            dynamic: DynamicCosts::default(),
        }
    }

    /// The name of the schedule.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives the schedule another name.
    pub fn renamed(self, name: impl Into<String>) -> Schedule {
        Schedule {
            name: name.into(),
            ..self
        }
    }

    /// How many units make one gas.
    pub fn denominator(&self) -> u32 {
        self.denominator
    }

    /// The cost of an instruction or dynamic event in units.
    pub fn cost(&self, name: &str) -> Option<u32> {
        match DYNAMIC.iter().position(|dynamic| *dynamic == name) {
            Some(position) => Some(self.dynamic_list()[position]),
            None => Some(self.costs[position(&self.costs, name).ok()?].1),
        }
    }

    /// Sets the cost of an instruction (`i32.add`) or dynamic event (`taken branch`) in units.
    ///
    /// # Errors
    /// If nothing has that name, or the cost is above [`MAX_COST`]. Nothing is set then.
    pub fn set(&mut self, name: &str, cost: u64) -> Result<(), ScheduleError> {
        let units = match u32::try_from(cost) {
            Ok(units) if units <= MAX_COST => units,
            _ => {
                return Err(ScheduleError::TooLarge {
                    name: name.to_string(),
                    cost,
                });
            }
        };
        let dynamic = &mut self.dynamic;
        match name {
            "taken branch" => dynamic.taken_branch = units,
            "grown page" => dynamic.grown_page = units,
            "bulk byte" => dynamic.bulk_byte = units,
            "host call" => dynamic.host_call = units,
            "counted zero" => dynamic.counted_zero = units,
            "counted one" => dynamic.counted_one = units,
            _ => match position(&self.costs, name) {
                Ok(at) => self.costs[at].1 = units,
                Err(_) => return Err(ScheduleError::UnknownName(name.to_string())),
            },
        }
        Ok(())
    }

    /// Every instruction with its cost in units, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u32)> + '_ {
        self.costs.iter().copied()
    }

    /// Every dynamic event with its cost in units.
    pub fn iter_dynamic(&self) -> impl Iterator<Item = (&'static str, u32)> {
        DYNAMIC.into_iter().zip(self.dynamic_list())
    }

    /// The dynamic costs.
    pub fn dynamic(&self) -> DynamicCosts {
        self.dynamic
    }

    /// An amount in gas, exact: `9`, `0.9375`.
    pub fn format(&self, gas: Gas) -> String {
        let denominator = u64::from(self.denominator);
        let (whole, mut rest) = (gas.0 / denominator, gas.0 % denominator);
        let mut text = whole.to_string();
        if rest != 0 {
            text.push('.');
        }
        // Twenty digits show every fraction whose denominator is a power of two up to 2^16
        // exactly; a fraction that does not end (thirds) is cut there.
        for _ in 0..20 {
            if rest == 0 {
                break;
            }
            rest *= 10;
            text.push(char::from(b'0' + (rest / denominator) as u8));
            rest %= denominator;
        }
        text
    }

    fn dynamic_list(&self) -> [u32; 6] {
        let d = &self.dynamic;
        [
            d.taken_branch,
            d.grown_page,
            d.bulk_byte,
            d.host_call,
            d.counted_zero,
            d.counted_one,
        ]
    }
}

impl Default for Schedule {
    /// [`Schedule::instructions`].
    fn default() -> Schedule {
        Schedule::instructions()
    }
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScheduleError::UnknownName(name) => write!(f, "no instruction is called {name:?}"),
            ScheduleError::TooLarge { name, cost } => {
                write!(f, "{name} may cost at most {MAX_COST} units, not {cost}")
            }
            ScheduleError::Denominator(denominator) => {
                write!(f, "a gas may have 1 to 65536 units, not {denominator}")
            }
        }
    }
}

impl std::error::Error for ScheduleError {}

/// Where an instruction is in a list by name, or where it would be.
fn position(costs: &[(&'static str, u32)], name: &str) -> Result<usize, usize> {
    costs.binary_search_by(|(other, _)| (*other).cmp(name))
}
