//! Lines, gaps and pages over readings as they come.
