import { get } from 'node:http';
import express from 'express';
import { run } from './scenario.cjs';

run({ express, get, promises: true });
