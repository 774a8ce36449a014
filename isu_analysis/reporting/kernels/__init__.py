"""Fast kernels: forked from a server that has everything imported; ordinary ones where there is no fork."""
