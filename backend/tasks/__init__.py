"""The clock's own work: what must happen without anybody asking."""
