import { describe, expect, it } from 'vitest';
import { isShowable, MOST_PICTURE_PIXELS, pictureSize } from './picture.ts';

/** Headers as the standards lay them out, of pictures three pixels wide and two high. */
const of = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const PNG = of('89504e470d0a1a0a 0000000d 49484452 00000003 00000002 0802000000');
const JPEG = of('ffd8 ffe0 0010 4a46494600010100000100010000 ffdb 0004 0000 ff ffc0 0011 08 0002 0003 03 011100');
const LOSSY = of('52494646 2c000000 57454250 56503820 20000000 300100 9d012a 0300 0200 0000');
const LOSSLESS = of('52494646 20000000 57454250 5650384c 14000000 2f 02400000 0000000000');
const EXTENDED = of('52494646 40000000 57454250 56503858 0a000000 10000000 020000 010000');

describe('the size of a picture', () => {
  it.each([
    ['image/png', PNG],
    ['image/jpeg', JPEG],
    ['image/webp', LOSSY],
    ['image/webp', LOSSLESS],
    ['image/webp', EXTENDED],
  ] as const)('is read from its header: %s', (mediaType, bytes) => {
    expect(pictureSize(bytes, mediaType)).toEqual({ widthPixels: 3, heightPixels: 2 });
  });

  it('is not known of what is cut anywhere, and nothing is read past the end', () => {
    for (const [mediaType, bytes] of [
      ['image/png', PNG.slice(0, 24)],
      ['image/jpeg', JPEG.slice(0, -3)],
      ['image/webp', LOSSY],
      ['image/webp', EXTENDED],
    ] as const)
      for (let length = 0; length < bytes.length - 5; length += 1)
        expect(pictureSize(bytes.slice(0, length), mediaType), `${mediaType} ${length}`).toBeNull();
  });

  it('is none of nothing, of a text, and of a JPEG that begins its scan first', () => {
    expect(pictureSize(of('89504e470d0a1a0a 0000000d 49484452 00000000 00000002 0802000000'), 'image/png')).toBeNull();
    expect(pictureSize(PNG, 'text/plain')).toBeNull();
    expect(pictureSize(of('ffd8 ffda 0008 0000000000000000'), 'image/jpeg')).toBeNull();
    expect(pictureSize(of('ffd8 ffe0 0000 0000000000000000'), 'image/jpeg')).toBeNull();
  });

  it('decides whether a page shows it: a small file may unpack to a very large picture', () => {
    expect(isShowable({ widthPixels: 8_000, heightPixels: MOST_PICTURE_PIXELS / 8_000 })).toBe(true);
    expect(isShowable({ widthPixels: 65_535, heightPixels: 65_535 })).toBe(false);
  });
});
