import { expect, test } from "vitest";
import { addressDigits, clampTop, columnsFor, covers, lastTop, rowCount, thumbAt, topFromThumb, topShowing, windowAround } from "./scroll.ts";

const GIB4 = 4n << 30n;
const ROWS = rowCount(GIB4, 16);

test("a_memory_of_4_GiB_has_all_its_rows", () => {
  expect(ROWS).toBe(268_435_456);
  expect(rowCount(1n, 16)).toBe(1);
  expect(rowCount(0n, 16)).toBe(0);
  expect(rowCount(17n, 16)).toBe(2);
});

test("the_thumb_reaches_both_ends", () => {
  expect(thumbAt(0, ROWS, 30, 600)).toEqual({ top: 0, height: 24 });
  expect(thumbAt(lastTop(ROWS, 30), ROWS, 30, 600)).toEqual({ top: 576, height: 24 });
  expect(topFromThumb(576, ROWS, 30, 600)).toBe(lastTop(ROWS, 30));
  expect(topFromThumb(0, ROWS, 30, 600)).toBe(0);
  expect(topFromThumb(10_000, ROWS, 30, 600)).toBe(lastTop(ROWS, 30));
});

test("a_memory_that_fits_fills_the_track", () => {
  expect(thumbAt(0, 10, 30, 600)).toEqual({ top: 0, height: 600 });
  expect(topFromThumb(50, 10, 30, 600)).toBe(0);
});

test("each_thumb_position_goes_to_a_row_and_back", () => {
  for (let pixel = 0; pixel <= 576; pixel += 1) {
    const top = topFromThumb(pixel, ROWS, 30, 600);
    expect(thumbAt(top, ROWS, 30, 600).top).toBeCloseTo(pixel, 3);
  }
});

test("the_last_row_can_be_shown", () => {
  const last = ROWS - 1;
  const top = topShowing(last, 0, ROWS, 30);
  expect(top).toBe(lastTop(ROWS, 30));
  expect(last).toBeLessThan(top + 30);
});

test("a_near_row_moves_the_view_as_little_as_possible", () => {
  expect(topShowing(5, 0, 1000, 30)).toBe(0);
  expect(topShowing(30, 0, 1000, 30)).toBe(1);
  expect(topShowing(9, 10, 1000, 30)).toBe(9);
  expect(topShowing(500, 0, 1000, 30)).toBe(490);
});

test("windows_stay_inside_the_memory_and_cover_what_is_seen", () => {
  for (const top of [0, 1000, lastTop(ROWS, 30)]) {
    const window = windowAround(top, 30, 16, GIB4);
    expect(window.from + BigInt(window.length)).toBeLessThanOrEqual(GIB4);
    expect(covers(window, top, 30, 16, GIB4)).toBe(true);
  }
  expect(windowAround(0, 30, 16, 0n).length).toBe(0);
  expect(covers(windowAround(0, 30, 16, GIB4), 500, 30, 16, GIB4)).toBe(false);
});

test("rows_get_as_many_columns_as_fit", () => {
  expect(columnsFor(90, 8)).toBe(16);
  expect(columnsFor(50, 8)).toBe(8);
  expect(columnsFor(30, 8)).toBe(4);
});

test("tops_stay_in_range", () => {
  expect(clampTop(-3, 100, 30)).toBe(0);
  expect(clampTop(99, 100, 30)).toBe(70);
  expect(clampTop(5, 10, 30)).toBe(0);
});

test("addresses_are_as_wide_as_they_need_and_16_digits_where_that_costs_no_bytes", () => {
  expect(addressDigits(65_536n, false, 90)).toBe(8);
  expect(addressDigits(1n << 33n, false, 90)).toBe(12);
  expect(addressDigits(65_536n, true, 90)).toBe(16);
  expect(columnsFor(78, 8)).toBe(16);
  expect(columnsFor(78, 16)).toBe(8);
  expect(addressDigits(65_536n, true, 78)).toBe(8);
  expect(addressDigits(65_536n, true, 82)).toBe(12);
});
