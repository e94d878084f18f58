"""Pages over the trail: who opened what, when, from where and why, and the proof of it."""
