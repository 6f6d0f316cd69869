"""One module a format of annotation files; each has what `annotations.Format` names."""
