# SPDX-License-Identifier: MIT
"""The binding: results that are larger than 32 bits count. It takes 9 GiB."""

import os
import unittest

from binding import BindingTest, clib

out = clib.load(os.environ["OUTCOMES_LIBRARY"])


class Large(BindingTest):
    def test_no_result_is_cut(self):
        for size in (2**31 - 1, 2**31, 2**32 + 5):
            for function in (out.bytes, out.text):
                with self.subTest(function=function.__name__, size=size):
                    self.assertEqual(len(function(size, 65)), size)


if __name__ == "__main__":
    unittest.main()
