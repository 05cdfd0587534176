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
//! | `result() -> bits` | the first result of the latest call as 64 bits, 0 if there is none |

/// An interpreter with at most one module loaded.
pub trait Peer: Sized {
    /// Instantiates a module without imports, and runs its start function.
    fn load(module: &[u8]) -> Result<Self, String>;

    /// Calls an exported function whose parameters and results are numbers.
    /// Arguments and result are bits, 32-bit values in the low half.
    fn call(&mut self, name: &str, args: &[u64]) -> Result<u64, String>;
}

/// The state behind the exported functions.
pub struct Desk<P> {
    buffer: Vec<u8>,
    peer: Option<P>,
    result: u64,
}

impl<P: Peer> Desk<P> {
    /// No module loaded, an empty buffer.
    pub const fn new() -> Desk<P> {
        Desk {
            buffer: Vec::new(),
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
        self.peer = None;
        let outcome = P::load(&self.buffer).map(|peer| self.peer = Some(peer));
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

    fn try_call(&mut self, name_len: usize) -> Result<u64, String> {
        let (name, args) = self
            .buffer
            .split_at_checked(name_len)
            .ok_or("the name is longer than the request")?;
        let name = std::str::from_utf8(name).map_err(|error| error.to_string())?;
        let (args, rest) = args.as_chunks::<8>();
        if !rest.is_empty() {
            return Err("an argument is shorter than 8 bytes".to_owned());
        }
        let args: Vec<u64> = args
            .iter()
            .map(|bytes| u64::from_le_bytes(*bytes))
            .collect();
        let peer = self.peer.as_mut().ok_or("no module is loaded")?;
        peer.call(name, &args)
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
        pub extern "C" fn result() -> u64 {
            DESK.with_borrow(|desk| desk.result())
        }
    };
}
