"""Where X-rays, masks and the networks of folds come from; read-only."""
