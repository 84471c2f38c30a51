// Draws the charts of a report and copies their numbers. Everything that it needs is in the page: the
// build puts Vega, without its maps and networks, and the charts' specifications into one script.
import {extend} from 'vega-util';
import {transforms} from 'vega-dataflow';
import * as dataTransforms from 'vega-transforms';
import * as viewTransforms from 'vega-view-transforms';
import * as encoders from 'vega-encode';
import {parse} from 'vega-parser';
import {View} from 'vega-view';
import {expressionInterpreter} from 'vega-interpreter';
import accuracy from './charts/accuracy.json';
import curves from './charts/curves.json';
import memory from './charts/memory.json';
import phases from './charts/phases.json';
import time_accuracy from './charts/time_accuracy.json';

extend(transforms, dataTransforms, viewTransforms, encoders);

const specifications = {accuracy, curves, memory, phases, time_accuracy};

const cycle = (values, count) => Array.from({length: count}, (_, at) => values[at % values.length]);
const colors = (kind, count) => cycle([...Array(10).keys()].map(at => `var(--${kind}-${at})`), count);
const dashes = [[1, 0], [7, 4], [2, 3]]; // as the legend's: solid, dashed, dotted
const shapes = ['circle', 'square', 'triangle-up', 'diamond', 'cross', 'triangle-down'];

const font = getComputedStyle(document.body).fontFamily;
// Colours are the style sheet's variables, so that dark mode and print need no other drawing.
const config = {
  font,
  axis: {
    labelColor: 'var(--muted)', titleColor: 'var(--muted)', titleFontWeight: 'normal', labelFont: font, titleFont: font,
    labelFontSize: 12, titleFontSize: 12, titlePadding: 10, labelPadding: 6,
    gridColor: 'var(--line)', domainColor: 'var(--line)', tickColor: 'var(--line)', labelOverlap: true
  },
  axisLeft: {labelFontSize: 13},
};

// The rows of a table as objects.
function values({columns, rows}) {
  return rows.map(row => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
}

// A wide range of positive numbers is drawn on a scale of ratios.
function isWide(numbers, ratio) {
  const known = numbers.filter(Number.isFinite);
  return known.length > 0 && Math.min(...known) > 0 && Math.max(...known) / Math.min(...known) > ratio;
}

// 1, 2 and 5 times the powers of ten from the lowest to the highest number.
function ratioTicks(numbers) {
  const known = numbers.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const ticks = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); ++power) {
    ticks.push(...[1, 2, 5].map(digit => digit * 10 ** power).filter(tick => tick >= low && tick <= high));
  }
  return ticks;
}

// Chart -> the scale that may be one of ratios, the numbers on it, and how wide they must be.
const ratioScales = {
  curves: ['y', tables => tables.curves.flatMap(row => [row.lowest_loss, row.highest_loss]), 20],
  time_accuracy: ['x', tables => tables.trials.map(row => row.time_seconds), 8],
};

function useRatioScale(kind, specification, rows) {
  if (!ratioScales[kind]) return;
  const [name, numbersOf, ratio] = ratioScales[kind];
  const numbers = numbersOf(rows);
  if (!isWide(numbers, ratio)) return;
  Object.assign(specification.scales.find(scale => scale.name === name), {type: 'log', nice: false});
  specification.axes.find(axis => axis.scale === name).values = ratioTicks(numbers);
}

function specify(kind, {legend, tables}, place) {
  const specification = structuredClone(specifications[kind]);
  const rows = Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, values(table)]));
  for (const data of specification.data) {
    if (rows[data.name]) data.values = rows[data.name];
  }
  useRatioScale(kind, specification, rows);
  const constants = {
    legend, stackColors: colors('stack', legend.length), phaseColors: colors('phase', legend.length),
    stackDashes: cycle(dashes, legend.length), stackShapes: cycle(shapes, legend.length),
    phaseFields: legend.map(name => name + '_seconds'),
  };
  const room = () => place.clientWidth;
  specification.signals = [
    {name: 'width', init: 'containerSize()[0]', on: [{events: 'window:resize', update: 'containerSize()[0]'}]},
    {name: 'labelLimit', value: Math.max(80, room() / 3)},
    ...Object.entries(constants).map(([name, value]) => ({name, value})),
    ...(specification.signals ?? []),
  ];
  return specification;
}

function draw(figure) {
  const place = document.createElement('div');
  place.setAttribute('aria-hidden', 'true'); // the frame around it says in words what is drawn
  figure.querySelector('.drawing').append(place);
  const content = JSON.parse(figure.querySelector('script').textContent);
  const runtime = parse(specify(figure.dataset.chart, content, place), config, {ast: true});
  return new View(runtime, {expr: expressionInterpreter, renderer: 'svg', container: place}).runAsync();
}

// One chart at a time, so that the page answers in between.
async function drawAll() {
  for (const figure of document.querySelectorAll('figure.chart')) {
    await draw(figure);
    await new Promise(resolve => setTimeout(resolve));
  }
  document.documentElement.dataset.charts = 'drawn';
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement('textarea'); // where the browser keeps the clipboard from local files
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

function numbersOf(button) {
  const content = JSON.parse(button.closest('figure').querySelector('script').textContent);
  const {columns, rows} = Object.values(content.tables)[0];
  return [columns, ...rows].map(row => row.map(value => value ?? '').join('\t')).join('\n') + '\n';
}

for (const button of document.querySelectorAll('button.copy')) {
  const words = button.textContent;
  button.addEventListener('click', async () => {
    await copy(numbersOf(button));
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = words; }, 2000);
  });
}

drawAll();
