"""The hotline: who calls is asked before anything is told, and everything is counted and kept."""
