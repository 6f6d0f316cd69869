"""An optimizer that Keras does not have."""

import keras


@keras.saving.register_keras_serializable(package="teeth_unet")
class KernelAdamW(keras.optimizers.AdamW):
    """AdamW that shrinks kernels only, not offsets and scales (Loshchilov 2019, arXiv:1711.05101).

    Keras does not write `exclude_from_weight_decay` into an optimizer's configuration: a plain
    AdamW forgets it whenever its model is saved or copied.

    Args:
        *args: As for `keras.optimizers.AdamW`.
        **kwargs: As for `keras.optimizers.AdamW`.
    """

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
