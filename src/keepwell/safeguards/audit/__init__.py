"""The trail: entries, Merkle log, checkpoints, proofs and export."""
