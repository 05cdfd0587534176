//! The interface by which the benchmark page drives an interpreter that is itself a Wasm module.
//!
//! The page writes a request into a buffer of the interpreter and calls `load` or `call`; both
//! answer 0 when all went well and 1 when the buffer then holds a message instead.
//! [`export_peer`] turns a [`Peer`] into the exported functions:
//!
//! | export | meaning |
//! |---|---|
//! | `buffer(len) -> address` | makes room for a request of `len` bytes |
//! | `buffer_address() -> address` | where the buffer is, which holds a message after a failure |
//! | `buffer_len() -> len` | length of that message |
//! | `load() -> status` | the buffer holds a module, which is instantiated |
//! | `call(name_len) -> status` | the buffer holds the name of an exported function, then 8 bytes for each argument, little endian, f32 and i32 in the low half |
//! | `validate() -> status` | the buffer holds a module, which is kept for `first_instruction` |
//! | `first_instruction(name_len) -> status` | the buffer holds what `call` wants; instantiates the module that was validated and runs one instruction of that call |
//! | `result() -> bits` | the first result of the latest call as 64 bits, 0 if there is none |

/// An interpreter with at most one module loaded.
pub trait Peer: Sized {
    /// A module that has been validated.
    type Module;

    /// Decodes and validates a module.
    fn validate(module: &[u8]) -> Result<Self::Module, String>;

    /// Instantiates a module without imports, and runs its start function.
    fn load(module: &Self::Module) -> Result<Self, String>;

    /// Calls an exported function whose parameters and results are numbers.
    /// Arguments and result are bits, 32-bit values in the low half.
    fn call(&mut self, name: &str, args: &[u64]) -> Result<u64, String>;

    /// Begins a call and runs its first instruction, if the interpreter can stop after that.
    fn first_instruction(&mut self, name: &str, args: &[u64]) -> Result<(), String> {
        Err(format!(
            "it cannot stop after the first instruction of `{name}` with {} arguments",
            args.len()
        ))
    }
}

/// The state behind the exported functions.
pub struct Desk<P: Peer> {
    buffer: Vec<u8>,
    module: Option<P::Module>,
    peer: Option<P>,
    result: u64,
}

impl<P: Peer> Desk<P> {
    /// No module loaded, an empty buffer.
    pub const fn new() -> Desk<P> {
        Desk {
            buffer: Vec::new(),
            module: None,
            peer: None,
            result: 0,
        }
    }

    /// Makes room for a request of `len` bytes and tells where.
    pub fn buffer(&mut self, len: usize) -> *mut u8 {
        self.buffer.clear();
        self.buffer.resize(len, 0);
        self.buffer.as_mut_ptr()
    }

    /// Where the buffer is now.
    pub fn buffer_address(&self) -> *const u8 {
        self.buffer.as_ptr()
    }

    /// Length of what the buffer holds.
    pub fn buffer_len(&self) -> usize {
        self.buffer.len()
    }

    /// Loads the module in the buffer in place of the one before.
    pub fn load(&mut self) -> u32 {
        self.clear();
        let outcome = P::validate(&self.buffer)
            .and_then(|module| P::load(&module))
            .map(|peer| self.peer = Some(peer));
        self.status(outcome)
    }

    /// Validates the module in the buffer and keeps it, in place of all that was there before.
    pub fn validate(&mut self) -> u32 {
        self.clear();
        let outcome = P::validate(&self.buffer).map(|module| self.module = Some(module));
        self.status(outcome)
    }

    /// Loads the module that was validated and runs the first instruction of the call in the buffer.
    pub fn first_instruction(&mut self, name_len: usize) -> u32 {
        let outcome = self.try_first_instruction(name_len);
        self.status(outcome)
    }

    /// Makes the call in the buffer.
    pub fn call(&mut self, name_len: usize) -> u32 {
        let outcome = self.try_call(name_len).map(|result| self.result = result);
        self.status(outcome)
    }

    /// The first result of the latest call.
    pub fn result(&self) -> u64 {
        self.result
    }

    fn clear(&mut self) {
        self.module = None;
        self.peer = None;
    }

    fn try_call(&mut self, name_len: usize) -> Result<u64, String> {
        let (name, args) = request(&self.buffer, name_len)?;
        let peer = self.peer.as_mut().ok_or("no module is loaded")?;
        peer.call(name, &args)
    }

    fn try_first_instruction(&mut self, name_len: usize) -> Result<(), String> {
        let (name, args) = request(&self.buffer, name_len)?;
        let module = self.module.as_ref().ok_or("no module was validated")?;
        let peer = self.peer.insert(P::load(module)?);
        peer.first_instruction(name, &args)
    }

    fn status(&mut self, outcome: Result<(), String>) -> u32 {
        match outcome {
            Ok(()) => 0,
            Err(message) => {
                self.buffer = message.into_bytes();
                1
            }
        }
    }
}

/// The name and the arguments of a call.
fn request(buffer: &[u8], name_len: usize) -> Result<(&str, Vec<u64>), String> {
    let (name, args) = buffer
        .split_at_checked(name_len)
        .ok_or("the name is longer than the request")?;
    let name = std::str::from_utf8(name).map_err(|error| error.to_string())?;
    let (args, rest) = args.as_chunks::<8>();
    if !rest.is_empty() {
        return Err("an argument is shorter than 8 bytes".to_owned());
    }
    let args = args.iter().map(|bytes| u64::from_le_bytes(*bytes));
    Ok((name, args.collect()))
}

impl<P: Peer> Default for Desk<P> {
    fn default() -> Desk<P> {
        Desk::new()
    }
}

/// Exports a [`Peer`] by the functions of the table above.
#[macro_export]
macro_rules! export_peer {
    ($peer:ty) => {
        use std::cell::RefCell;

        thread_local! {
            static DESK: RefCell<$crate::Desk<$peer>> = const { RefCell::new($crate::Desk::new()) };
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn buffer(len: usize) -> *mut u8 {
            DESK.with_borrow_mut(|desk| desk.buffer(len))
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn buffer_address() -> *const u8 {
            DESK.with_borrow(|desk| desk.buffer_address())
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn buffer_len() -> usize {
            DESK.with_borrow(|desk| desk.buffer_len())
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn load() -> u32 {
            DESK.with_borrow_mut(|desk| desk.load())
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn call(name_len: usize) -> u32 {
            DESK.with_borrow_mut(|desk| desk.call(name_len))
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn validate() -> u32 {
            DESK.with_borrow_mut(|desk| desk.validate())
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn first_instruction(name_len: usize) -> u32 {
            DESK.with_borrow_mut(|desk| desk.first_instruction(name_len))
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn result() -> u64 {
            DESK.with_borrow(|desk| desk.result())
        }
    };
}
