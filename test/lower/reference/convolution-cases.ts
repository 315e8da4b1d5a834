/** Convolutions and their adjoints, by hand. */
import type { Case } from './case.ts';
import { floats } from './tensors.ts';

/** One image of 3 by 3 */
const NINE = floats([
  [
    [[1], [2], [3]],
    [[4], [5], [6]],
    [[7], [8], [9]],
  ],
]);

export const CONVOLUTION: readonly Case[] = [
  {
    // 3x3 image, 2x2 kernel of ones and a second one of a corner alone
    op: 'conv2d',
    operands: [
      floats([
        [
          [[1], [2], [3]],
          [[4], [5], [6]],
          [[7], [8], [9]],
        ],
      ]),
      floats([
        [
          [
            [1, 1],
            [1, 1],
          ],
        ],
        [
          [
            [0, 0],
            [0, 1],
          ],
        ],
      ]),
    ],
    attributes: { stride: 1, padding: 0 },
    expected: floats([
      [
        [
          [12, 5],
          [16, 6],
        ],
        [
          [24, 8],
          [28, 9],
        ],
      ],
    ]),
  },
  {
    op: 'conv2d',
    operands: [
      floats([[[[1, 10]]]]),
      floats([
        [
          [
            [1, 2, 3],
            [4, 5, 6],
            [7, 8, 9],
          ],
          [
            [0, 0, 0],
            [0, 1, 0],
            [0, 0, 0],
          ],
        ],
      ]),
    ],
    attributes: { stride: 1, padding: 1 },
    expected: floats([[[[15]]]]),
  },
  {
    op: 'conv2d_input',
    operands: [floats([[[[1], [2]]]]), floats([[[[3, 4]], [[5, 6]]]])],
    attributes: { stride: 2, padding: 0, height: 1, width: 5 },
    expected: floats([
      [
        [
          [3, 5],
          [4, 6],
          [6, 10],
          [8, 12],
          [0, 0],
        ],
      ],
    ]),
  },
  {
    // w[0, i, 0, k] += x[2 o + k, i] dy[o]
    op: 'conv2d_weight',
    operands: [
      floats([
        [
          [
            [1, 2],
            [3, 4],
            [5, 6],
            [7, 8],
          ],
        ],
      ]),
      floats([[[[1], [10]]]]),
    ],
    attributes: { stride: 2, padding: 0, height: 1, width: 2 },
    expected: floats([[[[51, 73]], [[62, 84]]]]),
  },
  // steps of 3 with a kernel of 2 and zeros around: it sees the corners, each with another element
  {
    op: 'conv2d',
    operands: [
      NINE,
      floats([
        [
          [
            [1, 10],
            [100, 1000],
          ],
        ],
      ]),
    ],
    attributes: { stride: 3, padding: 1 },
    expected: floats([
      [
        [[1000], [300]],
        [[70], [9]],
      ],
    ]),
  },
  {
    op: 'conv2d_input',
    operands: [
      floats([
        [
          [[1], [2]],
          [[3], [4]],
        ],
      ]),
      floats([
        [
          [
            [1, 10],
            [100, 1000],
          ],
        ],
      ]),
    ],
    attributes: { stride: 3, padding: 1, height: 3, width: 3 },
    expected: floats([
      [
        [[1000], [0], [200]],
        [[0], [0], [0]],
        [[30], [0], [4]],
      ],
    ]),
  },
  {
    op: 'conv2d_weight',
    operands: [
      NINE,
      floats([
        [
          [[1], [10]],
          [[100], [1000]],
        ],
      ]),
    ],
    attributes: { stride: 3, padding: 1, height: 2, width: 2 },
    expected: floats([
      [
        [
          [9000, 700],
          [30, 1],
        ],
      ],
    ]),
  },
  {
    op: 'conv2d',
    operands: [floats([[[[1], [2], [3], [4]]]]), floats([[[[10, 1]]]])],
    attributes: { stride: 2, padding: 0 },
    expected: floats([[[[12], [34]]]]),
  },
];
