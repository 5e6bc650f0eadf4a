"""The typeface on the labels, and the script that cut it out of Noto Sans SC."""
