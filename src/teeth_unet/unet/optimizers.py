"""Optimizers that Keras does not have."""

import keras
from keras import KerasTensor, ops

from teeth_unet.unet.network import HEAD

MOMENTUM = 0.95
UPDATE_SIZE = 0.2
"""Root mean square of an update of Muon over the learning rate: that of Adam, about."""

ITERATION = (3.4445, -4.7750, 2.0315)
ITERATIONS = 5


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


@keras.saving.register_keras_serializable(package="teeth_unet")
class KernelMuon(KernelAdamW):
    """Muon for the kernels of convolutions, AdamW for all other weights and the last layer.

    A kernel is taken as a matrix of as many columns as its last axis is long: the outputs of a
    convolution, the inputs of a transposed one. Its update is the momentum of its gradients, made
    nearly orthogonal: all directions in which the matrix can change are then followed at the same
    pace, also those which a few strong ones would drown (Jordan et al. 2024,
    https://kellerjordan.github.io/posts/muon). The size of an update follows Liu et al. (2025,
    arXiv:2502.16982, equation 4), so that learning rate and weight decay mean the same as for
    AdamW. `keras.optimizers.Muon` leaves all but matrices to AdamW, that is, every convolution.

    Args:
        *args: As for `keras.optimizers.AdamW`.
        **kwargs: As for `keras.optimizers.AdamW`.
    """

    def build(self, variables: list[keras.Variable]) -> None:
        """Prepare the momenta, and tell the kernels from the other weights."""
        super().build(variables)
        self._kernels = {
            self._get_variable_index(variable)
            for variable in variables
            if len(variable.shape) == 4 and HEAD not in variable.path
        }

    def update_step(
        self, gradient: KerasTensor, variable: keras.Variable, learning_rate: KerasTensor
    ) -> None:
        """Change one variable by its gradient."""
        index = self._get_variable_index(variable)
        if index not in self._kernels:
            super().update_step(gradient, variable, learning_rate)
            return
        momentum = self._momentums[index]
        self.assign(momentum, MOMENTUM * momentum + gradient)
        ahead = gradient + MOMENTUM * momentum  # Nesterov's
        matrix = ops.reshape(ahead, (-1, variable.shape[-1]))
        update = ops.reshape(orthogonalise(matrix), variable.shape)
        size = UPDATE_SIZE * max(matrix.shape) ** 0.5
        self.assign_sub(variable, ops.cast(learning_rate, variable.dtype) * size * update)


def orthogonalise(matrix: KerasTensor) -> KerasTensor:
    """Bring all singular values of a matrix near 1, and keep its singular vectors.

    Five steps of a Newton-Schulz iteration, x <- p(x x') x with p(s) = a + b s + c s², whose
    coefficients are chosen for speed: singular values end between about 0.7 and 1.2 (Jordan et
    al. 2024), unless they were nearly 0. Every step is a polynomial in the first s = x x', so
    that only this smaller, square matrix is iterated, s <- p² s, and x is multiplied once, at the
    end: less than half of the arithmetic for a kernel of 3x3.

    Args:
        matrix: (rows, columns), float.

    Returns:
        A matrix of the same shape.
    """
    wide = matrix.shape[0] <= matrix.shape[1]
    x = matrix if wide else ops.transpose(matrix)
    x = x / (ops.norm(x) + 1e-7)
    a, b, c = ITERATION
    square = ops.matmul(x, ops.transpose(x))
    identity = ops.eye(square.shape[0], dtype=square.dtype)
    product = identity
    for step in range(ITERATIONS):
        factor = a * identity + b * square + c * ops.matmul(square, square)
        product = ops.matmul(factor, product) if step else factor
        if step < ITERATIONS - 1:
            square = ops.matmul(factor, ops.matmul(factor, square))
    x = ops.matmul(product, x)
    return x if wide else ops.transpose(x)
