// Writes orders.csv, the demo's default input: a week of an outdoor shop, the same at every run.
//   node apps/demo/data/generate.mjs
import { writeFileSync } from 'node:fs'

const orderCount = 2_400
let state = 20_240_311

/** mulberry32: in [0, 1), the same numbers on every machine. */
function random() {
  state = (state + 0x6d2b79f5) | 0
  let t = Math.imul(state ^ (state >>> 15), 1 | state)
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
  return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
}
const below = (n) => Math.floor(random() * n)
const pick = (list) => list[below(list.length)]

const products = [
  ['MUG-ENAMEL-350', 'Mug, enamel, 350 ml', 8.9],
  ['LAMP-HEAD-400', 'Head lamp 400 lm', 39.95],
  ['ROPE-STATIC-10', 'Static rope 10 mm, 30 m', 64.5],
  ['SOCK-WOOL-M', 'Merino socks M', 14],
  ['SOCK-WOOL-L', 'Merino socks L', 14],
  ['STOVE-GAS-S', 'Gas stove "Kiebitz"', 54.9],
  ['CART-GAS-230', 'Gas cartridge 230 g', 6.45],
  ['TENT-2P-GRN', 'Tent for two, green', 289],
  ['TENT-3P-GRN', 'Tent for three, green', 349],
  ['PEG-ALU-10', 'Tent pegs, aluminium, pack of 10', 12.5],
  ['BAG-SLEEP-REG', 'Sleeping bag, regular', 169.9],
  ['BAG-SLEEP-LONG', 'Sleeping bag, long', 179.9],
  ['MAT-FOAM-14', 'Foam mat 14 mm', 34.95],
  ['MAT-AIR-R4', 'Air mat R 4.2', 129],
  ['BOTTLE-STEEL-1L', 'Steel bottle 1 l', 27.9],
  ['BOTTLE-TRITAN-1L', 'Tritan bottle 1 l', 11.9],
  ['FILTER-WATER-01', 'Water filter 0.1 µm', 44.95],
  ['KNIFE-FOLD-9', 'Folding knife, oak, 9 cm', 18.5],
  ['MAP-ALPS-25', 'Map 1:25,000, western Alps', 15.9],
  ['COMPASS-BASE', 'Baseplate compass', 32],
  ['PACK-28L', 'Day pack 28 l', 99.95],
  ['PACK-55L', 'Trekking pack 55 l', 209],
  ['COVER-RAIN-M', 'Rain cover M', 19.9],
  ['JACKET-RAIN-M', 'Rain jacket M', 159],
  ['JACKET-RAIN-L', 'Rain jacket L', 159],
  ['GLOVE-FLEECE-M', 'Fleece gloves M', 21.5],
  ['HAT-WOOL', 'Wool hat', 24],
  ['POLE-CARBON-PAIR', 'Carbon poles, pair', 119.95],
  ['CRAMPON-10', 'Crampons, 10 points', 139],
  ['AXE-ICE-60', 'Ice axe 60 cm', 94.5],
  ['HELMET-CLIMB', 'Climbing helmet', 59.95],
  ['HARNESS-M', 'Harness M', 64.95],
  ['QUICKDRAW-6', 'Quickdraws, set of 6', 84.9],
  ['CHALK-BALL', 'Chalk ball 56 g', 5.5],
  ['TAPE-FINGER', 'Finger tape', 4.2],
  ['SOAP-OUTDOOR', 'Outdoor soap 100 ml', 6.9],
  ['TOWEL-MICRO-L', 'Microfibre towel L', 22.95],
  ['POT-TITAN-900', 'Titanium pot 900 ml', 49.9],
  ['SPORK-TITAN', 'Titanium spork', 9.95],
  ['MEAL-DAL', 'Trail meal: dal, 2 portions', 8.5],
  ['MEAL-PASTA', 'Trail meal: pasta, 2 portions', 8.5],
  ['BAR-OAT-BOX', 'Oat bars, box of 16', 19.9],
  ['KIT-FIRST-AID', 'First aid kit', 29.95],
  ['REPAIR-TAPE', 'Repair tape', 7.9],
  ['WHISTLE', 'Whistle, 120 dB', 5.9],
  ['HAMMOCK', 'Hammock with straps', 59],
  ['POWERBANK-10K', 'Power bank 10,000 mAh', 34.9],
  ['PANEL-SOLAR-21', 'Solar panel 21 W', 79.95],
]
const given =
  'Ada Ásta Béla Chidi Dana Elif Emeka Farid Grace Hanna Ines Jonas Kaja Lior Mei Noor Ola Priya Rosa Søren Tove Uma Vera Wanjiru Yuki Zoë'.split(
    ' ',
  )
const family =
  "Abate Bianchi Çelik Dubois Eriksen Fischer García Haddad Ivanova Jansen Kowalska Larsen Müller Nakamura O'Brien Okafor Pereira Rossi Singh Tanaka Virtanen Weber".split(
    ' ',
  )

/** Few products make most of the sales: contention is where the money is. */
const weights = products.map((_, rank) => 1 / (rank + 1.5))
const weightSum = weights.reduce((sum, weight) => sum + weight, 0)
const order = products.map((_, index) => index).sort((a, b) => ((a * 29) % 48) - ((b * 29) % 48))
function popularProduct() {
  let at = random() * weightSum
  for (const [rank, weight] of weights.entries()) {
    at -= weight
    if (at < 0) return products[order[rank]]
  }
  return products[order[0]]
}

const field = (value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
const rows = ['order_id,ordered_at,customer,sku,product,quantity,unit_price,express']
let moment = Date.UTC(2024, 2, 11, 6, 0, 0)

for (let n = 1; n <= orderCount; n++) {
  moment += Math.floor(-Math.log(1 - random()) * 230_000)
  const id = `W11-${String(n).padStart(5, '0')}`
  const at = new Date(moment)
    .toISOString()
    .replace('.000', '')
    .replace(/\.\d+Z/, 'Z')
  const customer = `${pick(given)} ${pick(family)}`
  const express = random() < 0.15 ? 'yes' : 'no'
  const lines = new Map()
  for (let left = 1 + (random() < 0.3 ? 1 + below(3) : 0); left > 0; left--) {
    const product = popularProduct()
    const quantity = product[2] > 50 ? 1 : 1 + (random() < 0.35 ? 1 + below(4) : 0)
    lines.set(product[0], [product, quantity])
  }
  for (const [[sku, name, price], quantity] of lines.values()) {
    rows.push([id, at, field(customer), sku, field(name), quantity, price.toFixed(2), express].join(','))
  }
}

writeFileSync(new URL('orders.csv', import.meta.url), `${rows.join('\n')}\n`)
console.log(`${orderCount} orders, ${rows.length - 1} lines`)
