"""What replies are worth: every function a line of the table in `eval/README.md`."""
