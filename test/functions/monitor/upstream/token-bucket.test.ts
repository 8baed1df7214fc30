import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRequestGate } from '../../../../functions/monitor/upstream/token-bucket.ts';

const always = () => true;

it('admits as many requests as there are whole units of budget, and keeps the rest', () => {
  const budget = fc.double({ min: 0, max: 200, noNaN: true });
  fc.assert(
    fc.property(budget, (units) => {
      const gate = createRequestGate(units, always);
      let admitted = 0;
      while (gate.admit()) admitted += 1;
      expect(gate.shut).toBe('BudgetSpent');
      expect(admitted).toBe(Math.floor(units));
      expect(gate.left).toBeCloseTo(units - admitted);
      expect(gate.isClosed).toBe(false);
    }),
  );
});

it('admits nothing once it is closed, and what is left stays', () => {
  const gate = createRequestGate(5, always);
  expect(gate.admit()).toBe(true);
  gate.close();
  expect(gate.admit()).toBe(false);
  expect(gate).toMatchObject({ isClosed: true, left: 4, shut: 'Paused' });
});

it('admits nothing once the time is up, without being closed', () => {
  let isTimeLeft = true;
  const gate = createRequestGate(5, () => isTimeLeft);
  expect(gate.admit()).toBe(true);
  isTimeLeft = false;
  expect(gate.admit()).toBe(false);
  expect(gate).toMatchObject({ isClosed: false, left: 4, shut: 'TimeUp' });
});
