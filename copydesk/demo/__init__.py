"""The simulated press: publishers on loopback whose every story, copy and mishap is known beforehand."""
