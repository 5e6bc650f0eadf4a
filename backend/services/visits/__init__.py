"""On-site visits: who stands where, by what proof, and until when they may see people."""
