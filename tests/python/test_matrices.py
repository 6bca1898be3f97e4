# SPDX-License-Identifier: MIT
"""Matrices and vectors of Eigen: in, in place, out, and inside an object."""

import array
import os
import unittest

from binding import IS_CPYTHON, BindingTest, clib, collect, only_where
from test_arrays import doubles, numpy

matrices = clib.load(os.environ["MATRICES_LIBRARY"])


def weighted(rows):
    return sum(value * (i * 7 + j + 1) for i, row in enumerate(rows) for j, value in enumerate(row))


class In(BindingTest):
    def test_orders(self):
        square = doubles(3, 3)
        self.assertEqual(matrices.trace(square), 0 + 4 + 8)
        for function in (matrices.weighted, matrices.weighted_rows):
            self.assertEqual(function(doubles(2, 3)), weighted(doubles(2, 3).tolist()))
            self.assertEqual(function(matrices.counted(2, 3)), weighted(doubles(2, 3).tolist()))
        self.assertEqual(matrices.sum_map(doubles(2, 3)), 15)
        self.assertEqual(matrices.sum_copy([[1, 2], [3, 4]]), 10)
        self.assertEqual(matrices.determinant(doubles(2, 2)), -2)

    def test_vectors(self):
        self.assertEqual(matrices.sum(array.array("d", [1, 2, 3])), 6)
        self.assertEqual(matrices.sum(doubles(6)[::-2]), 9)
        self.assertEqual(matrices.sum_plain(doubles(6)[::-2]), 9)
        self.assertEqual(matrices.sum_int32(array.array("i", [1, 2])), 3)
        self.assertEqual(matrices.sum_complex(matrices.roots()), 0)
        self.assertEqual(matrices.sum(array.array("d")), 0)

    def test_in_place(self):
        rows = doubles(2, 3)
        matrices.scale(rows, 2.0)
        self.assertEqual(rows.tolist(), [[0, 2, 4], [6, 8, 10]])
        values = array.array("d", [1, 2])
        matrices.scale_vector(values, 3.0)
        self.assertEqual(list(values), [3, 6])
        columns = matrices.counted(2, 2)
        matrices.scale_columns(columns, 2.0)
        self.assertEqual(columns.tolist(), [[0, 2], [4, 6]])
        self.assert_raises(ValueError, ["scale_columns: a", "gaps"], matrices.scale_columns, rows, 2.0)
        if IS_CPYTHON:
            self.assert_raises(ValueError, ["scale_vector: a", "gaps"], matrices.scale_vector,
                               doubles(4)[::2], 2.0)
        self.assertEqual(rows.tolist(), [[0, 2, 4], [6, 8, 10]])

    def test_wrong_ones(self):
        self.assert_raises(ValueError, ["determinant: a", "2 rows and 3 columns"],
                           matrices.determinant, doubles(2, 3))
        self.assert_raises(TypeError, ["trace: a", "2 dimensions, not 1"], matrices.trace, doubles(3))
        self.assert_raises(TypeError, ["sum: a", "one dimension, not 2"], matrices.sum, doubles(1, 3))
        self.assert_raises(TypeError, ["trace: a", "float64"], matrices.trace,
                           array.array("f", [1]))
        self.assert_raises(TypeError, ["trace: a"], matrices.trace, None)


class Out(BindingTest):
    def test_matrices(self):
        made = matrices.counted(2, 3)
        self.assertEqual((made.shape, made.strides, made.tolist()),
                         ((2, 3), (8, 16), [[0, 1, 2], [3, 4, 5]]))
        made = matrices.counted_rows(2, 3)
        self.assertEqual((made.strides, made.tolist()), ((24, 8), [[0, 1, 2], [3, 4, 5]]))
        self.assertEqual(matrices.ones(3).tolist(), [1, 1, 1])
        self.assertEqual(matrices.identity().tolist(), [[1, 0], [0, 1]])
        self.assertEqual(matrices.roots().tolist(), [1j, -1j])
        self.assertEqual(matrices.counted(0, 3).shape, (0, 3))

    def test_in_other_values(self):
        column, rows = matrices.both(doubles(2, 3))
        self.assertEqual((column.tolist(), rows.tolist()), ([0, 3], [[0, 1, 2], [3, 4, 5]]))
        values = array.array("d", [1, 2])
        self.assertEqual(matrices.weighted_by(values, None), 3)
        self.assertEqual(matrices.weighted_by(values, values), 5)
        self.assert_raises(TypeError, ["weighted_by: weights", "float64"], matrices.weighted_by,
                           values, array.array("f"))

    def test_inside_an_object(self):
        grid = matrices.Grid(2, 3)
        data = grid.data
        data[1, 2] = 7.0
        grid.corner[1] = 4.0
        self.assertEqual((grid.at(1, 2), grid.corner.tolist()), (7, [0, 4, 0]))
        self.assert_raises(BufferError, ["exists"], grid.close)
        del data
        collect()
        grid.close()


@only_where(numpy is not None, "numpy compares")
class Numpy(BindingTest):
    def test_parts(self):
        values = numpy.arange(60.).reshape(6, 10)
        for part in (values, values.T, values[::-1, ::3], values[1:4, 2:5].T, numpy.asfortranarray(values)):
            expected = weighted(part.tolist())
            self.assertEqual(matrices.weighted(part), expected)
            self.assertEqual(matrices.weighted_rows(part), expected)
            self.assertEqual(matrices.place_of(part), part.ctypes.data)
        matrices.scale(values[::2, 1::3].T, 0.0)
        self.assertEqual(numpy.count_nonzero(values), 59 - 9)
        self.assertEqual(numpy.asarray(matrices.counted(2, 3)).tolist(), [[0, 1, 2], [3, 4, 5]])
        matrices.scale_columns(numpy.asfortranarray(values)[1:3], 2.0)
        self.assert_raises(ValueError, ["sum_map: a", "gaps"], matrices.sum_map, values.T)
        self.assert_raises(ValueError, ["sum_map: a", "one piece"], matrices.sum_map, values[:, :3])


if __name__ == "__main__":
    unittest.main()
