"""What runs in the processes that are measured; peers' modules import nothing heavy of ours."""
