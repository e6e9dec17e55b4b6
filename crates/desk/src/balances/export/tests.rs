//! Files as they come to the disk.
