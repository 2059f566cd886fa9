"""Who stands above whom on the whole site, and by which rights staff act."""
