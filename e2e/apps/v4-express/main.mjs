import { get } from 'node:http';
import express from 'express';
import { run } from '../express5/scenario.cjs';

run({ express, get, promises: false });
